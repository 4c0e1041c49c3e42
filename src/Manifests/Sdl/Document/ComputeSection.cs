using ProviderAgent.Marketplace;

namespace ProviderAgent.Manifests;

/// <summary>Reads one entry of <c>profiles.compute</c>, within the market's limits for a resource unit.</summary>
internal static class ComputeSection
{
    private static readonly string[] StorageClasses = ["default", "beta1", "beta2", "beta3", StorageVolume.RamClass];

    public static SdlCompute Read(SdlField field)
    {
        var cpu = CpuRequest.Empty;
        var memory = MemoryRequest.Empty;
        var gpu = GpuRequest.Empty;
        ValueList<StorageVolume> storage = [];
        if (field.Map("resources").Require("resources", "{cpu: {units: 1}, memory: {size: 1Gi}, storage: {size: 1Gi}}", out var resources))
        {
            var map = resources.Map("cpu", "memory", "storage", "gpu");
            if (map.Require("cpu", "{units: 0.5}", out var value)) cpu = ReadCpu(value);
            if (map.Require("memory", "{size: 512Mi}", out value)) memory = ReadMemory(value);
            if (map.Require("storage", "{size: 1Gi}", out value)) storage = ReadStorage(value);
            if (map.Has("gpu", out value)) gpu = GpuSection.Read(value);
        }

        return new(field, cpu, memory, storage, gpu);
    }

    private static CpuRequest ReadCpu(SdlField field)
    {
        var map = field.Map("units", "attributes");
        var units = map.Require("units", "0.5", out var value) ? SdlQuantities.Cpu(value) : default;
        ValueList<MarketAttribute> attributes = [];
        if (map.Has("attributes", out value) && value.Map("arch").Has("arch", out var arch)) attributes = [new("arch", arch.Text())];
        return new(units, attributes);
    }

    private static MemoryRequest ReadMemory(SdlField field)
    {
        var size = field.Map("size").Require("size", "512Mi", out var value) ? SdlQuantities.Size(value, MarketLimits.MinMemory, MarketLimits.MaxMemory) : default;
        return new(size, []);
    }

    private static ValueList<StorageVolume> ReadStorage(SdlField field)
    {
        if (field.Node.Kind == YamlKind.Mapping) return [ReadVolume(field)];
        var fields = field.List();
        if (field.Node is { Kind: YamlKind.Sequence, Items.Count: 0 }) field.Fail("must have at least one volume, for example - size: 1Gi");
        var names = new HashSet<string>(StringComparer.Ordinal);
        var volumes = new List<StorageVolume>();
        foreach (var item in fields)
        {
            var volume = ReadVolume(item);
            if (!names.Add(volume.Name)) item.Fail($"there is another volume called '{volume.Name}'; give each a name of its own");
            volumes.Add(volume);
        }

        return [.. volumes];
    }

    private static StorageVolume ReadVolume(SdlField field)
    {
        var map = field.Map("name", "size", "attributes");
        var name = map.Has("name", out var value) ? value.Text() : "";
        var size = map.Require("size", "1Gi", out value) ? SdlQuantities.Size(value, MarketLimits.MinVolume, MarketLimits.MaxVolume) : default;
        var attributes = map.Has("attributes", out value) ? ReadAttributes(value) : [];
        return new(name.Length == 0 ? "default" : name, size, attributes);
    }

    private static ValueList<MarketAttribute> ReadAttributes(SdlField field)
    {
        var map = field.Map("class", "persistent");
        var isPersistent = map.Has("persistent", out var value) && ReadPersistent(value);
        var hasClass = map.Has("class", out value);
        var name = hasClass ? value.OneOf(StorageClasses) : isPersistent ? "default" : "";
        if (name == StorageVolume.RamClass && isPersistent) field.Fail("a volume of class ram cannot be persistent; set persistent: false");
        if (hasClass && name != StorageVolume.RamClass && !isPersistent) field.Fail($"a volume of class {name} must be persistent; set persistent: true or remove the class");
        var persistent = new MarketAttribute("persistent", isPersistent ? "true" : "false");
        return name.Length == 0 ? [persistent] : [new("class", name), persistent];
    }

    private static bool ReadPersistent(SdlField field) => field.Node is { Kind: YamlKind.Scalar, Scalar: YamlScalar.Text }
        ? field.OneOf("true", "false") == "true"
        : field.Boolean();
}
