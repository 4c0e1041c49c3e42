using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace ProviderAgent.Bench.Reporting;

/// <summary>Prints results: aligned for people, or as one JSON document for programs.</summary>
internal static class Report
{
    private static readonly string[] Header = ["measure", "ours", "peer", "ratio", "target", ""];

    public static void WriteText(TextWriter output, BenchResult result)
    {
        output.WriteLine($"{result.Bench}: {result.Setting}");
        string[][] cells = [Header, .. result.Rows.Select(Cells)];
        var widths = Enumerable.Range(0, Header.Length).Select(column => cells.Max(row => row[column].Length)).ToArray();
        foreach (var row in cells)
        {
            var aligned = row.Select((cell, column) => column is 0 or 5 ? cell.PadRight(widths[column]) : cell.PadLeft(widths[column]));
            output.WriteLine($"  {string.Join("  ", aligned).TrimEnd()}");
        }

        output.WriteLine();
    }

    public static void WriteJson(TextWriter output, IReadOnlyList<BenchResult> results) =>
        output.WriteLine(JsonSerializer.Serialize(new ReportDocument(1, results), ReportJson.Default.ReportDocument));

    private static string[] Cells(Comparison row) =>
    [
        row.Measure,
        $"{Number(row.Ours)} {row.Unit}",
        row.Peer is { } peer ? $"{Number(peer)} {row.Unit}" : "-",
        row.Ratio is { } ratio ? Number(ratio) : "-",
        row.Target is { } target ? $"≤ {Number(target)}" : "-",
        row.IsWithinTarget is false ? $"ABOVE TARGET {row.PeerName}".TrimEnd() : row.PeerName,
    ];

    private static string Number(double value) => value.ToString(Math.Abs(value) < 10 ? "0.00" : "0.0", CultureInfo.InvariantCulture);
}

/// <param name="Schema">Version of this document.</param>
/// <param name="Results">One entry for each bench that was run.</param>
internal sealed record ReportDocument(int Schema, IReadOnlyList<BenchResult> Results);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
[JsonSerializable(typeof(ReportDocument))]
internal sealed partial class ReportJson : JsonSerializerContext;
