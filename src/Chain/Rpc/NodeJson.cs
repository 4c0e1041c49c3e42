using System.Text.Json;
using ProviderAgent.Chain.Numbers;
using ProviderAgent.Chain.Transactions;

namespace ProviderAgent.Chain.Rpc;

/// <summary>Results of a node's methods from their JSON. All of them throw <see cref="MalformedWireException"/> when the form is wrong.</summary>
internal static class NodeJson
{
    public static NodeStatus Status(JsonElement result)
    {
        var (node, sync) = (result.Member("node_info"), result.Member("sync_info"));
        return new(
            node.Text("network"),
            sync.Long("latest_block_height"),
            sync.Time("latest_block_time"),
            sync.LongOrZero("earliest_block_height"),
            sync.Flag("catching_up"),
            node.TryMember("other", out var other) && other.TextOrEmpty("tx_index") == "on");
    }

    public static BlockHeader Header(JsonElement header) => new(header.Text("chain_id"), header.Long("height"), header.Time("time"));

    public static BlockContent Block(JsonElement result)
    {
        var block = result.Member("block");
        var transactions = block.Member("data").ListOrEmpty("txs")
            .Select(item => item.TryGetBytesFromBase64Strict(out var bytes) ? bytes : throw JsonFields.Malformed("txs", "holds no base64"));
        return new(Header(block.Member("header")), [.. transactions]);
    }

    public static BlockResults BlockResults(JsonElement result) => new(
        result.Long("height"),
        [.. result.ListOrEmpty("txs_results").Select(Execution)],
        [.. result.ListOrEmpty("finalize_block_events").Select(Event)]);

    public static IncludedTransaction Transaction(JsonElement result) => new(
        TransactionHash.TryParse(result.Text("hash"), out var hash) ? hash : throw JsonFields.Malformed("hash", "is no hash"),
        result.Long("height"),
        Execution(result.Member("tx_result")));

    public static AbciAnswer Abci(JsonElement result)
    {
        var response = result.Member("response");
        return new(
            response.UIntOrZero("code"),
            response.TextOrEmpty("codespace"),
            response.TextOrEmpty("log"),
            response.BytesOrEmpty("value"),
            response.LongOrZero("height"));
    }

    public static BroadcastAnswer Broadcast(JsonElement result) =>
        new(result.UIntOrZero("code"), result.TextOrEmpty("codespace"), result.TextOrEmpty("log"));

    public static NodeDiscovery Discovery(JsonElement result) => new(
        [.. result.ListOrEmpty("supported_versions").Select(version => version.Text("api_version"))],
        result.TextOrEmpty("node_version"));

    private static ExecutionResult Execution(JsonElement result) => new(
        result.UIntOrZero("code"),
        result.TextOrEmpty("codespace"),
        result.TextOrEmpty("log"),
        result.LongOrZero("gas_used"),
        [.. result.ListOrEmpty("events").Select(Event)]);

    private static ChainEvent Event(JsonElement element) => new(
        element.Text("type"),
        [.. element.ListOrEmpty("attributes").Select(attribute => new ChainEventAttribute(attribute.Text("key"), attribute.TextOrEmpty("value")))]);

    private static bool TryGetBytesFromBase64Strict(this JsonElement element, out byte[] bytes)
    {
        bytes = [];
        if (element.ValueKind != JsonValueKind.String || !element.TryGetBytesFromBase64(out var decoded)) return false;
        bytes = decoded;
        return true;
    }
}
