using System.Text.Json.Nodes;
using ProviderAgent.Devnet.Blocks;
using ProviderAgent.Devnet.Hosting;
using ProviderAgent.Devnet.Rpc.Json;

namespace ProviderAgent.Devnet.Rpc;

/// <summary>What the node says of itself.</summary>
/// <param name="engine">The chain.</param>
/// <param name="view">As far as it is shown.</param>
/// <param name="faults">Whether it claims to be behind.</param>
/// <param name="moniker">Its name.</param>
/// <param name="txIndex">Whether transactions can be looked up.</param>
internal sealed class NodeMethods(ChainEngine engine, NodeView view, DevnetFaults faults, string moniker, bool txIndex)
{
    // The consensus engine whose RPC is spoken.
    private const string ConsensusVersion = "0.38.21";

    // There are no peers; clients only want these to be there.
    private const string PeerAddress = "tcp://127.0.0.1:26656";
    private const string Channels = "40202122233038606100";

    // Names of client bundles; both stand for the same modules today.
    private static readonly string[] Bundles = ["v1beta4", "v1beta3"];

    private static readonly (string Module, string Version)[] Modules =
    [
        ("audit", "v1"), ("bme", "v1"), ("cert", "v1"), ("deployment", "v1beta4"), ("escrow", "v1"), ("market", "v1beta5"), ("oracle", "v2"),
        ("provider", "v1beta4"), ("take", "v1"), ("wasm", "v1"),
    ];

    /// <summary>Software version that is played now.</summary>
    public static string VersionOf(ChainEngine engine) => engine.Parameters.HasReclamation ? "v2.1.0" : "v2.0.1";

    public JsonObject Status()
    {
        var latest = view.Latest;
        var earliest = view.Find(view.EarliestHeight);
        return new()
        {
            ["node_info"] = new JsonObject
            {
                ["protocol_version"] = new JsonObject { ["p2p"] = "8", ["block"] = "11", ["app"] = "0" },
                ["id"] = RpcJson.Hash(System.Security.Cryptography.SHA256.HashData(engine.Genesis.ToJson()).AsSpan(0, 20)).ToLowerInvariant(),
                ["listen_addr"] = PeerAddress,
                ["network"] = engine.Genesis.ChainId,
                ["version"] = ConsensusVersion,
                ["channels"] = Channels,
                ["moniker"] = moniker,
                ["other"] = new JsonObject { ["tx_index"] = txIndex ? "on" : "off", ["rpc_address"] = PeerAddress },
            },
            ["sync_info"] = new JsonObject
            {
                ["latest_block_hash"] = RpcJson.Hash(latest?.Hash),
                ["latest_app_hash"] = RpcJson.Hash(latest?.PreviousAppHash),
                ["latest_block_height"] = RpcJson.Number(latest?.Height ?? 0),
                ["latest_block_time"] = RpcJson.Time(latest?.Time ?? engine.Genesis.Time),
                ["earliest_block_hash"] = RpcJson.Hash(earliest?.Hash),
                ["earliest_app_hash"] = RpcJson.Hash(earliest?.PreviousAppHash),
                ["earliest_block_height"] = RpcJson.Number(earliest?.Height ?? 0),
                ["earliest_block_time"] = RpcJson.Time(earliest?.Time ?? engine.Genesis.Time),
                ["catching_up"] = faults.CatchingUp,
            },
            ["validator_info"] = BlockJson.Validator(),
        };
    }

    public JsonObject AbciInfo() => new()
    {
        ["response"] = new JsonObject
        {
            ["data"] = "akash",
            ["version"] = VersionOf(engine),
            ["last_block_height"] = RpcJson.Number(view.LatestHeight),
            ["last_block_app_hash"] = view.Latest is { } latest ? Convert.ToBase64String(latest.AppHash) : "",
        },
    };

    public JsonObject Unconfirmed()
    {
        var now = engine.View();
        return new()
        {
            ["n_txs"] = RpcJson.Number(now.WaitingTxs),
            ["total"] = RpcJson.Number(now.WaitingTxs),
            ["total_bytes"] = RpcJson.Number(now.WaitingBytes),
            ["txs"] = null,
        };
    }

    /// <summary>Which clients the node serves. A node before 2.1 names one bundle and nothing else.</summary>
    public JsonObject Discovery()
    {
        var answer = new JsonObject { ["client_info"] = new JsonObject { ["api_version"] = "v1beta3" } };
        if (!engine.Parameters.HasReclamation) return answer;
        answer["supported_versions"] = new JsonArray([.. Bundles.Select(bundle => new JsonObject
        {
            ["api_version"] = bundle,
            ["modules"] = new JsonArray([.. Modules.Select(module => new JsonObject { ["module"] = module.Module, ["version"] = module.Version })]),
            ["features"] = null,
        })]);
        answer["chain_id"] = engine.Genesis.ChainId;
        answer["node_version"] = VersionOf(engine);
        answer["min_client_version"] = "";
        return answer;
    }
}
