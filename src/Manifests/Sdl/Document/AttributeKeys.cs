using System.Text.RegularExpressions;

namespace ProviderAgent.Manifests;

/// <summary>Names of attributes: their form on the market, and the order in which the market's own tool lists them.</summary>
internal static partial class AttributeKeys
{
    // How that tool's locale-aware sorting weighs the characters that may occur, punctuation before digits before letters.
    private const string Weights = "_-.*/0123456789abcdefghijklmnopqrstuvwxyz";

    public static bool IsValid(string key) => Key().IsMatch(key);

    /// <summary>Without regard to case first; among equals, lower case before upper case at the first difference.</summary>
    public static int Compare(string left, string right)
    {
        var length = Math.Min(left.Length, right.Length);
        for (var i = 0; i < length; i++)
        {
            var order = Weight(left[i]).CompareTo(Weight(right[i]));
            if (order != 0) return order;
        }

        if (left.Length != right.Length) return left.Length.CompareTo(right.Length);
        return string.CompareOrdinal(right, left); // only the case differs, and lower case has the higher code
    }

    private static int Weight(char c) => Weights.IndexOf(char.ToLowerInvariant(c), StringComparison.Ordinal);

    [GeneratedRegex("^[a-zA-Z][a-zA-Z0-9_/.-]{1,126}[a-zA-Z0-9_*]?\\z", RegexOptions.NonBacktracking)]
    private static partial Regex Key();
}
