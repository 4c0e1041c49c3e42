namespace ProviderAgent.Chain.Numbers;

/// <summary>Foreign text on its way into a message for people.</summary>
internal static class WireText
{
    private const int MaxLength = 120;

    /// <summary>At most 120 characters, without control characters.</summary>
    public static string Shorten(string? text)
    {
        if (string.IsNullOrEmpty(text)) return "";
        var cut = text.Length > MaxLength ? string.Concat(text.AsSpan(0, MaxLength), "…") : text;
        return string.Create(cut.Length, cut, static (target, source) =>
        {
            for (var i = 0; i < target.Length; i++) target[i] = char.IsControl(source[i]) ? ' ' : source[i];
        });
    }
}
