using System.Text.Json.Nodes;

namespace ProviderAgent.Chain.Tests.Vectors;

/// <summary>The golden data of the chain.</summary>
internal static class VectorFile
{
    /// <summary>Entries of a list in a vector file, by name; names that occur twice get their position.</summary>
    public static IEnumerable<JsonNode> Entries(string file, string list = "vectors") =>
        (Repository.VectorJson($"chain/{file}.json")[list] ?? throw new InvalidDataException($"{file} has no {list}")).AsArray().Select(node => node!);

    /// <summary>Theory data: one row per entry, holding its position and something to recognise it by.</summary>
    public static TheoryData<int, string> Rows(string file, string list = "vectors")
    {
        var rows = new TheoryData<int, string>();
        var position = 0;
        foreach (var entry in Entries(file, list)) rows.Add(position++, Label(entry));
        return rows;
    }

    public static JsonNode Entry(string file, int position, string list = "vectors") => Entries(file, list).ElementAt(position);

    public static string Text(this JsonNode node, string path) => node.At(path).GetValue<string>();

    public static byte[] Hex(this JsonNode node, string path) => Convert.FromHexString(node.Text(path));

    public static JsonNode At(this JsonNode node, string path) =>
        path.Split('.').Aggregate(node, (at, part) => at[part] ?? throw new InvalidDataException($"{path} is missing in {node}"));

    private static string Label(JsonNode entry) =>
        (entry["name"] ?? entry["address"] ?? entry["input"] ?? entry["decimal"] ?? entry["value"] ?? entry["amount"])?.ToString() ?? "";
}
