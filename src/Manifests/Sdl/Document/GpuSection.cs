using ProviderAgent.Marketplace;

namespace ProviderAgent.Manifests;

/// <summary>Reads <c>gpu</c> of a compute profile.</summary>
internal static class GpuSection
{
    private const string Prefix = "vendor/nvidia/model/";

    public static GpuRequest Read(SdlField field)
    {
        var map = field.Map("units", "attributes");
        var units = map.Has("units", out var value) ? ReadUnits(value) : 0;
        var hasAttributes = map.Has("attributes", out value);
        if (units > 0 && !hasAttributes) field.Fail("must say which GPUs will do; add attributes: {vendor: {nvidia: }} for any");
        if (units == 0 && hasAttributes) field.Fail("has attributes but no units; set units or remove the attributes");
        return new(units, hasAttributes ? ReadAttributes(value) : []);
    }

    private static long ReadUnits(SdlField field)
    {
        // The market's own tool also takes the number in quotes.
        if (field.Node is { Kind: YamlKind.Scalar, Scalar: YamlScalar.Text, Text: [>= '0' and <= '9'] or [>= '0' and <= '9', >= '0' and <= '9'] } node
            && int.Parse(node.Text, System.Globalization.CultureInfo.InvariantCulture) is var units && units <= MarketLimits.MaxGpus) return units;
        return field.Integer(0, MarketLimits.MaxGpus);
    }

    private static ValueList<MarketAttribute> ReadAttributes(SdlField field)
    {
        if (!field.Map("vendor").Require("vendor", "{nvidia: [{model: h100}]}", out var vendor)
            || !vendor.Map("nvidia").Require("nvidia", "[{model: h100}]", out var models)) return [];
        if (models.IsNull) return [new(Prefix + "*", "true")];
        var attributes = new List<MarketAttribute>();
        foreach (var model in models.List())
        {
            var key = ReadModel(model);
            if (attributes.Exists(other => other.Key == key)) model.Fail("stands here twice; remove one");
            else if (!AttributeKeys.IsValid(key)) model.Fail($"'{key}' is not a valid attribute; use letters, digits and any of -._/");
            else attributes.Add(new(key, "true"));
        }

        if (models.Node is { Kind: YamlKind.Sequence, Items.Count: 0 }) models.Fail("must list at least one model; leave nvidia: empty for any");
        return [.. attributes];
    }

    private static string ReadModel(SdlField field)
    {
        var map = field.Map("model", "ram", "interface");
        var key = Prefix + (map.Require("model", "h100", out var value) ? value.Text() : "x");
        if (map.Has("ram", out value))
        {
            SdlQuantities.CheckGpuMemory(value);
            key += $"/ram/{value.Node.Text}";
        }

        return map.Has("interface", out value) ? $"{key}/interface/{value.OneOf("pcie", "sxm")}" : key;
    }
}
