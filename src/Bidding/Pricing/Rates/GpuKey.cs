using System.Globalization;

namespace ProviderAgent.Bidding;

/// <summary>A key of a price list of GPUs: <c>model</c>, <c>model.ram</c>, <c>model.interface</c> or <c>model.ram.interface</c>, spelled as the market spells it.</summary>
internal static class GpuKey
{
    /// <summary>Any model.</summary>
    public const string Any = "*";

    private static readonly string[] Vendors = ["nvidia", "amd"];

    /// <summary>True for <c>*</c> and for one to three parts that are not empty.</summary>
    public static bool IsKey(string key) => key == Any || (key.Split('.') is { Length: <= 3 } parts && parts.All(part => part.Length > 0 && part != Any));

    /// <summary>Spells a key as orders do, where it is clear what is meant.</summary>
    /// <param name="key">As written in the configuration.</param>
    /// <param name="warning">What was changed, or why the key can never match; null when nothing is to be said.</param>
    public static string Normalise(string key, out string? warning)
    {
        warning = null;
        if (key == Any || !IsKey(key)) return key;
        var part = key.ToLowerInvariant().Split('.');
        var model = new string([.. part[0].Where(char.IsAsciiLetterOrDigit)]);
        foreach (var vendor in Vendors.Where(vendor => model.StartsWith(vendor, StringComparison.Ordinal) && model.Length > vendor.Length)) model = model[vendor.Length..];
        string? ram = null, slot = null;
        foreach (var rest in part.Skip(1))
        {
            if (RamOf(rest) is { } size && ram is null) ram = size;
            else if (SlotOf(rest) is { } kind && slot is null) slot = kind;
            else
            {
                warning = $"'{key}' can never match an order: '{rest}' is neither a memory size such as 80Gi nor an interface (pcie or sxm)";
                return string.Join('.', part);
            }
        }

        var normal = string.Join('.', new[] { model, ram, slot }.OfType<string>());
        if (normal != key) warning = $"'{key}' is read as '{normal}', which is how orders spell it";
        return normal;
    }

    private static string? RamOf(string text)
    {
        var digits = text.TakeWhile(char.IsAsciiDigit).Count();
        return digits > 0 && text[digits..] is "" or "g" or "gb" or "gi" or "gib" && int.TryParse(text[..digits], NumberStyles.None, CultureInfo.InvariantCulture, out var size) && size > 0
            ? string.Create(CultureInfo.InvariantCulture, $"{size}Gi")
            : null;
    }

    private static string? SlotOf(string text) =>
        text.StartsWith("sxm", StringComparison.Ordinal) && text[3..].All(char.IsAsciiDigit) ? "sxm"
        : text.StartsWith("pci", StringComparison.Ordinal) && text is "pci" or "pcie" or "pci-e" or "pcie3" or "pcie4" or "pcie5" ? "pcie"
        : null;
}
