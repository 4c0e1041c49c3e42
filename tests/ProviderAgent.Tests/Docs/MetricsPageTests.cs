using System.Text.RegularExpressions;

namespace ProviderAgent.ProviderAgent.Tests.Docs;

/// <summary>docs/metrics.md names every instrument of the source under the name that a scrape shows, with its kind and unit, and no other.</summary>
public sealed partial class MetricsPageTests
{
    private static readonly string[] Kinds = ["counter", "gauge", "histogram"];

    [Fact]
    public void Page_NamesEveryInstrumentAndNoOther() => Assert.Equal(Source().Keys.Order(StringComparer.Ordinal), Page().Keys.Order(StringComparer.Ordinal));

    [Fact]
    public void Page_TellsTheRightKind()
    {
        var page = Page();

        Assert.Empty(Source().Where(metric => page.TryGetValue(metric.Key, out var row) && row.Kind != metric.Value).Select(metric => $"{metric.Key} is a {metric.Value}"));
    }

    [Fact]
    public void Page_EveryRow_HasUnitAndMeaning() =>
        Assert.Empty(Page().Where(row => row.Value.Unit.Length == 0 || row.Value.Meaning.Length < 10 || !Kinds.Contains(row.Value.Kind)).Select(row => row.Key));

    [Fact]
    public void Source_EveryInstrument_IsNamedByALiteral()
    {
        // Else this test could not see it.
        var made = Files().Sum(text => AnyInstrument().Count(text));

        Assert.Equal(made, Files().Sum(text => Instrument().Count(text)));
    }

    /// <summary>Rows of the page by name.</summary>
    internal static IReadOnlyDictionary<string, (string Kind, string Unit, string Meaning)> Page() =>
        Row().Matches(File.ReadAllText(Path.Combine(Repository.Root, "docs", "metrics.md")))
            .ToDictionary(row => row.Groups[1].Value, row => (row.Groups[2].Value.Trim(), row.Groups[3].Value.Trim(), row.Groups[5].Value.Trim()));

    private static Dictionary<string, string> Source()
    {
        var found = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var text in Files())
        {
            foreach (Match match in Instrument().Matches(text))
            {
                var (type, name) = (match.Groups[1].Value, match.Groups[2].Value);
                var kind = type.EndsWith("UpDownCounter", StringComparison.Ordinal) || type.EndsWith("Gauge", StringComparison.Ordinal) ? "gauge"
                    : type.EndsWith("Counter", StringComparison.Ordinal) ? "counter"
                    : "histogram";
                found.Add(kind == "counter" && !name.EndsWith("_total", StringComparison.Ordinal) ? name + "_total" : name, kind);
            }

            foreach (Match match in Family().Matches(text)) found.Add(match.Groups[1].Value, match.Groups[2].Value == "true" ? "counter" : "gauge");
        }

        return found;
    }

    private static IEnumerable<string> Files() =>
        Directory.GetFiles(Path.Combine(Repository.Root, "src"), "*.cs", SearchOption.AllDirectories)
            .Where(path => !path.Contains("/obj/", StringComparison.Ordinal)).Select(File.ReadAllText);

    [GeneratedRegex("""\.Create((?:Observable)?(?:UpDownCounter|Counter|Gauge|Histogram))(?:<\w+>)?\(""")]
    private static partial Regex AnyInstrument();

    [GeneratedRegex("""\.Create((?:Observable)?(?:UpDownCounter|Counter|Gauge|Histogram))(?:<\w+>)?\(\s*"([a-z_]+)["]""")]
    private static partial Regex Instrument();

    // Values that are read at scrape time: (name, help, is it a counter).
    [GeneratedRegex("""(?:Make|new SampleFamily)\("([a-z_]+)", "[^"]*", (?:isCounter: |IsCounter: )?(true|false)""")]
    private static partial Regex Family();

    [GeneratedRegex("""^\| `([a-z_]+)` \| ([^|]*) \| ([^|]*) \| ([^|]*) \| ([^|]*) \|$""", RegexOptions.Multiline)]
    private static partial Regex Row();
}
