using System.Globalization;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Manifests;

/// <summary>The canonical form of a service's resources.</summary>
internal static class CanonicalResources
{
    public static void Write(CanonicalJson json, ServiceResources resources)
    {
        json.BeginObject();
        if (resources.Cpu is { } cpu) WriteAmount(json, "cpu", cpu.Attributes, "units", cpu.Units.Value);
        json.Name("endpoints");
        json.List(resources.Endpoints, WriteEndpoint);
        if (resources.Gpu is { } gpu) WriteAmount(json, "gpu", gpu.Attributes, "units", gpu.Units);
        json.Number("id", resources.Id);
        if (resources.Memory is { } memory) WriteAmount(json, "memory", memory.Attributes, "size", memory.Size.Bytes);
        if (resources.Storage is { Count: > 0 } storage)
        {
            json.Name("storage");
            json.List<StorageVolume>(storage, WriteVolume);
        }

        json.EndObject();
    }

    private static void WriteVolume(CanonicalJson json, StorageVolume volume)
    {
        json.BeginObject();
        WriteAttributes(json, volume.Attributes);
        json.Text("name", volume.Name);
        WriteValue(json, "size", volume.Size.Bytes);
        json.EndObject();
    }

    private static void WriteAmount(CanonicalJson json, string name, ValueList<MarketAttribute> attributes, string valueName, long value)
    {
        json.Name(name);
        json.BeginObject();
        WriteAttributes(json, attributes);
        WriteValue(json, valueName, value);
        json.EndObject();
    }

    private static void WriteValue(CanonicalJson json, string name, long value)
    {
        json.Name(name);
        json.BeginObject();
        json.Text("val", value.ToString(CultureInfo.InvariantCulture));
        json.EndObject();
    }

    private static void WriteAttributes(CanonicalJson json, ValueList<MarketAttribute> attributes)
    {
        if (attributes.Count == 0) return;
        json.Name("attributes");
        json.List<MarketAttribute>(attributes, static (inner, attribute) =>
        {
            inner.BeginObject();
            if (attribute.Key.Length > 0) inner.Text("key", attribute.Key);
            if (attribute.Value.Length > 0) inner.Text("value", attribute.Value);
            inner.EndObject();
        });
    }

    private static void WriteEndpoint(CanonicalJson json, ServiceEndpoint endpoint)
    {
        json.BeginObject();
        if (endpoint.Kind != EndpointKind.SharedHttp) json.Number("kind", (uint)endpoint.Kind);
        json.Number("sequence_number", endpoint.Sequence);
        json.EndObject();
    }
}
