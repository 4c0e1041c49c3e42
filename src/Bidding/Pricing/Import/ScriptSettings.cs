using System.Globalization;

namespace ProviderAgent.Bidding;

/// <summary>Takes over the settings of the common price script: its environment or values file becomes a price list that gives the same prices.</summary>
public static class ScriptSettings
{
    private const string Prefix = "PRICE_TARGET_";

    // The script asks this much for a model that it does not know, where its list has nothing dearer.
    private const decimal LeastUnlisted = 100m;

    private const int MaxBytes = 256 * 1024;

    /// <summary>Reads lines <c>PRICE_TARGET_CPU=1.60</c> of an environment file, or <c>price_target_cpu: 1.60</c> of a values file. Other lines are passed over.</summary>
    /// <param name="text">The file.</param>
    /// <exception cref="FormatException">A setting cannot be read; the message names it.</exception>
    public static ImportedPrices Read(string text)
    {
        if (text.Length > MaxBytes) throw new FormatException($"it is larger than {MaxBytes / 1024} KiB; that is no settings file");
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var line in text.AsSpan().EnumerateLines())
        {
            if (TryReadLine(line) is { } entry) values[entry.Key] = entry.Value;
        }

        var notes = new List<string>();
        var rates = new RatesOptions
        {
            Cpu = Number(values, "CPU", 1.60m),
            Memory = Number(values, "MEMORY", 0.80m),
            Storage = new(StringComparer.Ordinal)
            {
                ["ephemeral"] = Number(values, "HD_EPHEMERAL", 0.02m),
                ["beta1"] = Number(values, "HD_PERS_HDD", 0.01m),
                ["beta2"] = Number(values, "HD_PERS_SSD", 0.03m),
                ["beta3"] = Number(values, "HD_PERS_NVME", 0.04m),
            },
            OtherStorage = 0, // the script gives every other class away
            Endpoint = Number(values, "ENDPOINT", 0.05m),
            Ip = Number(values, "IP", 5m),
            Gpu = new(StringComparer.Ordinal),
        };
        notes.Add("storage classes without a price of their own, shared memory among them, are given away as the script does: remove rates.other_storage to refuse them");
        ReadGpus(values.GetValueOrDefault("GPU_MAPPINGS", ""), rates, notes);
        var whitelist = values.GetValueOrDefault("WHITELIST_URL", "");
        if (whitelist.Length > 0 && !Uri.TryCreate(whitelist, UriKind.Absolute, out _)) throw new FormatException($"WHITELIST_URL: '{HookAnswer.Shown(whitelist)}' is not an address");
        return new(rates, whitelist.Length > 0 ? new Uri(whitelist) : null, notes);
    }

    private static void ReadGpus(string mappings, RatesOptions rates, List<string> notes)
    {
        decimal dearest = 0;
        foreach (var entry in mappings.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var equals = entry.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0 || !TryPrice(entry[(equals + 1)..], out var price)) throw new FormatException($"{Prefix}GPU_MAPPINGS: '{HookAnswer.Shown(entry)}' is not a model with a price, such as h100=900");
            var key = entry[..equals];
            dearest = Math.Max(dearest, price);
            var normal = GpuKey.Normalise(key, out var warning);
            if (GpuKey.IsKey(key) && normal == key && warning is null)
            {
                rates.Gpu[key] = price;
                continue;
            }

            // The script compares keys as they are, so this one never matched; taking it over would change prices.
            notes.Add($"the script never used '{key}' (orders do not spell it so): it is left out; {(warning is null ? "" : $"add rates.gpu.{normal}: {price.ToString(CultureInfo.InvariantCulture)} if that is what was meant")}");
        }

        rates.OtherGpu = Math.Max(dearest, LeastUnlisted);
        notes.Add($"a GPU that is not listed costs {rates.OtherGpu.Value.ToString(CultureInfo.InvariantCulture)} as with the script: remove rates.other_gpu to refuse it");
    }

    private static (string Key, string Value)? TryReadLine(ReadOnlySpan<char> line)
    {
        var text = line.Trim();
        if (text.StartsWith("export ", StringComparison.Ordinal)) text = text[7..].TrimStart();
        var split = text.IndexOfAny('=', ':');
        if (split <= 0 || text[0] == '#') return null;
        var name = text[..split].Trim().ToString().ToUpperInvariant();
        var value = Unquote(text[(split + 1)..].Trim());
        if (name == "WHITELIST_URL") return (name, value);
        return name.StartsWith(Prefix, StringComparison.Ordinal) ? (name[Prefix.Length..], value) : null;
    }

    private static string Unquote(ReadOnlySpan<char> value)
    {
        if (value.Length >= 2 && value[0] is '"' or '\'' && value[1..].IndexOf(value[0]) is var end and >= 0) return value.Slice(1, end).ToString();
        var remark = value.IndexOf(" #", StringComparison.Ordinal);
        return (remark >= 0 ? value[..remark] : value).Trim().ToString();
    }

    private static decimal Number(Dictionary<string, string> values, string name, decimal otherwise)
    {
        if (!values.TryGetValue(name, out var text) || text.Length == 0) return otherwise;
        return TryPrice(text, out var price) ? price : throw new FormatException($"{Prefix}{name}: '{HookAnswer.Shown(text)}' is not a price of 0 to 1000000000");
    }

    private static bool TryPrice(string text, out decimal price) =>
        decimal.TryParse(text.AsSpan().Trim(), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out price) && price is >= 0 and <= 1_000_000_000m;
}

/// <summary>What was taken over.</summary>
/// <param name="Rates">The price list.</param>
/// <param name="Whitelist">Where the script read the tenants that it serves; null when it served all.</param>
/// <param name="Notes">What a person should know.</param>
public sealed record ImportedPrices(RatesOptions Rates, Uri? Whitelist, IReadOnlyList<string> Notes);
