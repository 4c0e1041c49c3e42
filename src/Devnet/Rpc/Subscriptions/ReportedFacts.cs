using System.Text.Json.Nodes;
using ProviderAgent.Devnet.Blocks;
using ProviderAgent.Devnet.Rpc.Json;

namespace ProviderAgent.Devnet.Rpc.Subscriptions;

/// <summary>What subscriptions and searches match against: the attributes of events, and a few that every block or transaction has.</summary>
internal static class ReportedFacts
{
    public static ILookup<string, string> OfHeader(Block block) => Lookup([("tm.event", "NewBlockHeader"), ("block.height", RpcJson.Number(block.Height))]);

    public static ILookup<string, string> OfBlock(Block block) => Lookup([("tm.event", "NewBlock"), ("block.height", RpcJson.Number(block.Height))]);

    public static ILookup<string, string> OfTx(Block block, int index) => Lookup(
    [
        ("tm.event", "Tx"),
        ("tx.hash", block.Txs[index].Hash.Hex),
        ("tx.height", RpcJson.Number(block.Height)),
        .. block.Txs[index].Result.Events.SelectMany(one => one.Attributes.Select(attribute => ($"{one.Type}.{attribute.Key}", attribute.Value))),
    ]);

    /// <summary>The form in which subscribers get them: lists of values by name.</summary>
    public static JsonObject ToJson(ILookup<string, string> facts) =>
        new(facts.Select(group => KeyValuePair.Create<string, JsonNode?>(group.Key, new JsonArray([.. group.Select(value => JsonValue.Create(value))]))));

    private static ILookup<string, string> Lookup(IEnumerable<(string Key, string Value)> facts) => facts.ToLookup(fact => fact.Key, fact => fact.Value);
}
