using System.Globalization;
using System.Text.RegularExpressions;

namespace ProviderAgent.Chain.Sending;

/// <summary>The two numbers that nodes tell only in words.</summary>
internal static partial class FailureText
{
    /// <summary>Which message of the transaction failed, from 0; null when the text does not say.</summary>
    public static int? MessageIndex(string text) =>
        Index().Match(text) is { Success: true } match && int.TryParse(match.Groups[1].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var index) ? index : null;

    /// <summary>True when the text is about a sequence that does not fit.</summary>
    public static bool IsSequenceMismatch(string text) =>
        text.Contains("account sequence mismatch", StringComparison.Ordinal) || text.EndsWith("incorrect account sequence", StringComparison.Ordinal);

    /// <summary>The sequence that the node expects next; null when the text does not say.</summary>
    public static ulong? ExpectedSequence(string text) =>
        Sequence().Match(text) is { Success: true } match && ulong.TryParse(match.Groups[1].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var expected)
            ? expected
            : null;

    [GeneratedRegex(@"message index: (\d{1,9})", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Index();

    [GeneratedRegex(@"expected (\d{1,18}), got \d{1,20}", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Sequence();
}
