using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace ProviderAgent.Scenarios.Tests.Support;

/// <summary>What the chain's blocks hold, read from the node's RPC as an outsider would.</summary>
internal sealed class BlockRecord(Uri rpc) : IDisposable
{
    private readonly HttpClient _http = new() { BaseAddress = rpc, Timeout = TimeSpan.FromSeconds(10) };

    /// <summary>Transactions of all blocks: result code, and the events by type.</summary>
    public async Task<IReadOnlyList<BlockTransaction>> ListTransactionsAsync()
    {
        var status = await GetAsync("status");
        var height = long.Parse(status["sync_info"]!["latest_block_height"]!.ToString(), CultureInfo.InvariantCulture);
        var all = new List<BlockTransaction>();
        for (long at = 1; at <= height; at++)
        {
            var block = await GetAsync(string.Create(CultureInfo.InvariantCulture, $"block_results?height={at}"));
            foreach (var result in block["txs_results"]?.AsArray() ?? [])
            {
                var events = result!["events"]!.AsArray().Select(entry => new BlockEvent(
                    entry!["type"]!.ToString(),
                    entry["attributes"]!.AsArray().Where(pair => pair!["key"]!.ToString().Length > 0).GroupBy(pair => pair!["key"]!.ToString()).ToDictionary(pairs => pairs.Key, pairs => pairs.First()!["value"]?.ToString() ?? "")));
                all.Add(new(at, result["code"]?.GetValue<int>() ?? 0, [.. events]));
            }
        }

        return all;
    }

    public void Dispose() => _http.Dispose();

    private async Task<JsonNode> GetAsync(string path) =>
        (await _http.GetFromJsonAsync<JsonNode>(path))?["result"] ?? throw new InvalidDataException($"the node has no result for {path}");
}

internal sealed record BlockTransaction(long Height, int Code, IReadOnlyList<BlockEvent> Events)
{
    public bool Has(string eventName) => Events.Any(entry => entry.Type.EndsWith(eventName, StringComparison.Ordinal));
}

internal sealed record BlockEvent(string Type, IReadOnlyDictionary<string, string> Attributes);
