using System.Globalization;
using System.Text.Json.Nodes;
using ProviderAgent.Chain.Transactions;

namespace ProviderAgent.Chain.Tests.Scripted;

/// <summary>The methods of a scripted node, with the encodings of a real one.</summary>
internal sealed class NodeMethods(ScriptedChain chain, ScriptedNode node)
{
    public AbciScript Abci { get; } = new(chain, node);

    public static JsonObject Error(string data, int code = -32603) =>
        new() { ["error"] = new JsonObject { ["code"] = code, ["message"] = "Internal error", ["data"] = data } };

    public async Task<JsonObject> AnswerAsync(string method, JsonObject parameters) => method switch
    {
        "status" => Result(Status()),
        "header" => At(parameters, height => new JsonObject { ["header"] = Header(height) }),
        "block" => At(parameters, height => new JsonObject
        {
            ["block_id"] = new JsonObject { ["hash"] = "AA" },
            ["block"] = new JsonObject
            {
                ["header"] = Header(height),
                ["data"] = new JsonObject { ["txs"] = new JsonArray([.. Transactions(height).Select(item => (JsonNode)Convert.ToBase64String(item.Bytes))]) },
            },
        }),
        "block_results" => At(parameters, Results),
        "tx" => Transaction(parameters),
        "abci_query" => Result(new JsonObject { ["response"] = await Abci.AnswerAsync(parameters["path"]!.GetValue<string>(), Convert.FromHexString(parameters["data"]!.GetValue<string>())) }),
        "broadcast_tx_sync" => Broadcast(Convert.FromBase64String(parameters["tx"]!.GetValue<string>())),
        "akash" => Result(new JsonObject { ["client_info"] = new JsonObject { ["api_version"] = "v1beta3" } }),
        _ => Error("", -32601),
    };

    private static JsonObject Result(JsonNode result) => new() { ["result"] = result };

    private JsonObject Status() => new()
    {
        ["node_info"] = new JsonObject
        {
            ["network"] = node.Network ?? chain.Network,
            ["other"] = new JsonObject { ["tx_index"] = node.HasIndex ? "on" : "off" },
        },
        ["sync_info"] = new JsonObject
        {
            ["latest_block_height"] = Text(node.Height),
            ["latest_block_time"] = Time(chain.TimeOf(node.Height)),
            ["earliest_block_height"] = Text(chain.Earliest),
            ["catching_up"] = node.IsCatchingUp,
        },
    };

    private JsonObject At(JsonObject parameters, Func<long, JsonObject> answer)
    {
        var height = long.Parse(parameters["height"]!.GetValue<string>(), CultureInfo.InvariantCulture);
        if (height > node.Height) return Error($"height {height} must be less than or equal to the current blockchain height {node.Height}");
        return height < chain.Earliest ? Error($"height {height} is not available, lowest height is {chain.Earliest}") : Result(answer(height));
    }

    private JsonObject Header(long height) => new()
    {
        ["chain_id"] = node.Network ?? chain.Network,
        ["height"] = Text(height),
        ["time"] = Time(chain.TimeOf(height)),
    };

    private IReadOnlyList<ExecutedTransaction> Transactions(long height) => chain.Find(height)?.Transactions ?? [];

    private JsonObject Results(long height) => new()
    {
        ["height"] = Text(height),
        ["txs_results"] = Transactions(height).Count == 0 ? null : new JsonArray([.. Transactions(height).Select(item => (JsonNode)Outcome(item.Result))]),
        ["finalize_block_events"] = new JsonArray([.. (chain.Find(height)?.EventJson ?? []).Select(json => JsonNode.Parse(json))]),
        ["validator_updates"] = null,
    };

    private static JsonObject Outcome(Execution result) => new()
    {
        ["code"] = result.Code,
        ["codespace"] = result.Codespace,
        ["log"] = result.Log,
        ["gas_used"] = Text(result.GasUsed),
        ["gas_wanted"] = Text(result.GasUsed),
        ["data"] = null,
        ["events"] = new JsonArray(),
    };

    private JsonObject Transaction(JsonObject parameters)
    {
        if (!node.HasIndex) return Error("transaction indexing is disabled");
        var hex = Convert.ToHexString(Convert.FromBase64String(parameters["hash"]!.GetValue<string>()));
        if (!TransactionHash.TryParse(hex, out var hash) || chain.Find(hash) is not { } found || found.Height > node.Height) return Error($"tx ({hex}) not found");
        return Result(new JsonObject { ["hash"] = hex, ["height"] = Text(found.Height), ["index"] = 0, ["tx_result"] = Outcome(found.Transaction.Result), ["tx"] = "" });
    }

    private JsonObject Broadcast(byte[] transaction)
    {
        var hash = TransactionHash.Of(transaction);
        if (node.Pool.Any(other => TransactionHash.Of(other) == hash)) return Error("tx already exists in cache");
        var (code, codespace, log) = Verdict(transaction);
        if (code == 0)
        {
            node.TryAdd(transaction);
            node.AfterAccept();
        }

        return Result(new JsonObject { ["code"] = code, ["codespace"] = codespace, ["log"] = log, ["data"] = "", ["hash"] = hash.Hex });
    }

    private (uint Code, string Codespace, string Log) Verdict(byte[] transaction)
    {
        var sequence = ScriptedChain.SequenceOf(transaction);
        if (node.Check(transaction) is { } refused) return refused;
        if (ScriptedChain.TimeoutOf(transaction) <= node.Height) return (30, "sdk", "tx timeout height");
        if (sequence != node.ExpectedSequence)
        {
            return (32, "sdk", $"account sequence mismatch, expected {node.ExpectedSequence}, got {sequence}: incorrect account sequence");
        }

        return chain.IsSigned(transaction) ? (0u, "", "") : (4u, "sdk", "signature verification failed; please verify account number and chain-id: unauthorized");
    }

    private static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Time(DateTimeOffset time) => time.ToString("yyyy-MM-ddTHH:mm:ss.fffffff'Z'", CultureInfo.InvariantCulture);
}
