using System.Globalization;
using System.Text.RegularExpressions;

namespace ProviderAgent.Devnet.Rpc.Subscriptions;

/// <summary>A filter over what a block or transaction reports: conditions joined by <c>AND</c>, for example <c>tm.event='Tx' AND tx.height&gt;5</c>.</summary>
internal sealed partial class EventQuery
{
    /// <summary>Longest query that a node reads, in characters.</summary>
    public const int MaxLength = 512;

    private readonly IReadOnlyList<Condition> _conditions;

    private EventQuery(string text, IReadOnlyList<Condition> conditions) => (Text, _conditions) = (text, conditions);

    public string Text { get; }

    /// <exception cref="RpcException">It is too long or makes no sense.</exception>
    public static EventQuery Parse(string text)
    {
        if (text.Length > MaxLength) throw RpcException.Internal("maximum query length exceeded");
        var conditions = new List<Condition>();
        var rest = text.AsSpan().Trim();
        while (true)
        {
            var match = OneCondition().Match(rest.ToString());
            if (!match.Success) throw RpcException.Internal($"failed to parse query: {text}");
            conditions.Add(new(
                match.Groups["key"].Value,
                match.Groups["op"].Value.ToUpperInvariant(),
                match.Groups["text"].Success ? match.Groups["text"].Value.Replace("\\'", "'", StringComparison.Ordinal) : match.Groups["number"].Value));
            rest = rest[match.Length..];
            if (rest.IsEmpty) return new(text, conditions);
            var and = And().Match(rest.ToString());
            if (!and.Success) throw RpcException.Internal($"failed to parse query: {text}");
            rest = rest[and.Length..];
        }
    }

    /// <param name="attributes">Everything that is reported, as <c>type.key</c> and values.</param>
    public bool Matches(ILookup<string, string> attributes) => _conditions.All(condition => attributes[condition.Key].Any(condition.Holds));

    [GeneratedRegex(
        @"\A(?<key>[A-Za-z0-9_.\-]+)\s*(?:(?<op>EXISTS)|(?<op>CONTAINS|<=|>=|=|<|>)\s*(?:'(?<text>(?:[^'\\]|\\.)*)'|(?<number>-?[0-9]+(?:\.[0-9]+)?)))\s*",
        RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex OneCondition();

    [GeneratedRegex(@"\AAND\s+", RegexOptions.CultureInvariant)]
    private static partial Regex And();

    private sealed record Condition(string Key, string Operator, string Value)
    {
        public bool Holds(string actual) => Operator switch
        {
            "EXISTS" => true,
            "CONTAINS" => actual.Contains(Value, StringComparison.Ordinal),
            "=" => actual == Value,
            _ => decimal.TryParse(actual, NumberStyles.Number, CultureInfo.InvariantCulture, out var left)
                && decimal.TryParse(Value, NumberStyles.Number, CultureInfo.InvariantCulture, out var right)
                && Compare(left.CompareTo(right)),
        };

        private bool Compare(int sign) => Operator switch
        {
            "<" => sign < 0,
            "<=" => sign <= 0,
            ">" => sign > 0,
            _ => sign >= 0,
        };
    }
}
