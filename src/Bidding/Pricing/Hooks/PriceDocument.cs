using System.Text.Json;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Bidding;

/// <summary>What a price script or hook is told: the document of existing price scripts, in their order of fields, and after it what they regret not to be told.</summary>
internal static class PriceDocument
{
    private const int Precision = 6;

    // A group that passed the screening has at most 20 units; what others hold is cut.
    private const int MaxItems = 64;

    public static byte[] Write(PricingRequest request)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer)) Write(json, request);
        return buffer.ToArray();
    }

    private static void Write(Utf8JsonWriter json, PricingRequest request)
    {
        var limit = request.Group.PriceLimit;
        json.WriteStartObject();
        json.WriteStartArray("resources");
        foreach (var unit in request.Group.Units.Take(MaxItems)) WriteUnit(json, unit, request.Facts.Gpus);
        json.WriteEndArray();
        json.WriteStartObject("price");
        json.WriteString("denom", limit.Denom.Value);
        json.WriteString("amount", limit.Amount.ToFixedString());
        json.WriteEndObject();
        json.WriteNumber("price_precision", Precision);
        WriteFacts(json, request);
        json.WriteEndObject();
    }

    private static void WriteUnit(Utf8JsonWriter json, ResourceUnit unit, ValueList<PickedGpu> picked)
    {
        var needs = unit.Resources;
        json.WriteStartObject();
        json.WriteNumber("memory", needs.Memory.Bytes);
        json.WriteNumber("cpu", needs.Cpu.Value);
        json.WriteStartObject("gpu");
        json.WriteNumber("units", needs.Gpus);
        WriteGpuAttributes(json, needs, picked.FirstOrDefault(gpu => gpu.Unit == needs.Id));
        json.WriteEndObject();
        json.WriteStartArray("storage");
        foreach (var volume in needs.Storage.Take(MaxItems))
        {
            json.WriteStartObject();
            json.WriteString("class", volume.Class ?? "ephemeral");
            json.WriteNumber("size", volume.Size.Bytes);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteNumber("count", unit.Count);
        json.WriteNumber("endpoint_quantity", needs.Endpoints.Count);
        json.WriteNumber("ip_lease_quantity", Amounts.Addresses(needs));
        json.WriteEndObject();
    }

    /// <summary>As the reference provider: the picked model where it is known; memory and interface only where the order asks for them; one model per vendor.</summary>
    private static void WriteGpuAttributes(Utf8JsonWriter json, Marketplace.Resources needs, PickedGpu? picked)
    {
        json.WriteStartObject("attributes");
        if (needs.Gpus > 0 && needs.GpuAttributes.Count > 0)
        {
            json.WriteStartObject("vendor");
            foreach (var vendor in needs.GpuAttributes.Take(MaxItems).Select(attribute => Parts(attribute.Key)).GroupBy(part => part.GetValueOrDefault("vendor", "")))
            {
                var part = vendor.Last();
                json.WriteStartObject(vendor.Key);
                json.WriteString("model", picked?.Model ?? part.GetValueOrDefault("model", GpuKey.Any));
                if (part.TryGetValue("ram", out var ram)) json.WriteString("ram", ram);
                if (part.TryGetValue("interface", out var slot)) json.WriteString("interface", slot);
                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static Dictionary<string, string> Parts(string key)
    {
        var found = new Dictionary<string, string>(StringComparer.Ordinal);
        var part = key.Split('/');
        for (var i = 0; i + 1 < part.Length; i += 2) found[part[i]] = part[i + 1];
        return found;
    }

    private static void WriteFacts(Utf8JsonWriter json, PricingRequest request)
    {
        var facts = request.Facts;
        json.WriteString("order", request.Order.ToString());
        json.WriteString("owner", request.Order.Owner.Value);
        json.WriteString("ticks_per_month", request.Clock.TicksPerMonth.ToString());
        if (facts.Akt is { } akt) json.WriteString("usd_per_akt", akt.Usd.ToString());
        if (facts.ReclaimWindow is { } notice) json.WriteNumber("reclamation_window_seconds", (long)notice.TotalSeconds);
        json.WriteStartArray("attributes");
        foreach (var attribute in request.Group.Requirements.Attributes.Take(MaxItems))
        {
            json.WriteStartObject();
            json.WriteString("key", attribute.Key);
            json.WriteString("value", attribute.Value);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("picked_gpus");
        foreach (var gpu in facts.Gpus.Take(MaxItems)) WriteGpu(json, gpu);
        json.WriteEndArray();
        json.WriteStartObject("host");
        foreach (var line in facts.Inventory?.Lines ?? [])
        {
            json.WriteStartObject(JsonNamingPolicy.SnakeCaseLower.ConvertName(line.Kind.ToString()));
            json.WriteNumber("total", line.Total);
            json.WriteNumber("free", line.Free);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static void WriteGpu(Utf8JsonWriter json, PickedGpu gpu)
    {
        json.WriteStartObject();
        json.WriteNumber("unit", gpu.Unit);
        json.WriteString("model", gpu.Model);
        json.WriteString("ram", gpu.Ram);
        json.WriteString("interface", gpu.Interface);
        json.WriteString("uuid", gpu.Uuid);
        if (gpu.RatedWatts is { } rated) json.WriteNumber("rated_watts", rated);
        if (gpu.MeasuredWatts is { } measured) json.WriteNumber("measured_watts", measured);
        json.WriteEndObject();
    }
}
