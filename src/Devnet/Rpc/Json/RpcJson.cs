using System.Globalization;
using System.Text.Json.Nodes;
using ProviderAgent.Devnet.Blocks;
using ProviderAgent.Devnet.Events;
using ProviderAgent.Devnet.Transactions;

namespace ProviderAgent.Devnet.Rpc.Json;

/// <summary>The RPC's ways to write values: 64-bit numbers as text, hashes in upper-case hex, other bytes in base64.</summary>
internal static class RpcJson
{
    public static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);

    public static string Number(ulong value) => value.ToString(CultureInfo.InvariantCulture);

    public static string Hash(ReadOnlySpan<byte> bytes) => Convert.ToHexString(bytes);

    /// <summary>RFC 3339 with as many fraction digits as the time has.</summary>
    public static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture);

    public static JsonArray Events(IEnumerable<ChainEvent> events) => new([.. events.Select(Event)]);

    /// <summary>A transaction's result as blocks show it.</summary>
    public static JsonObject TxResult(TxResult result) => new()
    {
        ["code"] = result.Code,
        ["data"] = result.Data.IsEmpty ? null : result.Data.ToBase64(),
        ["log"] = result.Log,
        ["info"] = "",
        ["gas_wanted"] = Number(result.GasWanted),
        ["gas_used"] = Number(result.GasUsed),
        ["events"] = Events(result.Events),
        ["codespace"] = result.Codespace,
    };

    public static JsonObject Tx(Block block, int index)
    {
        var tx = block.Txs[index];
        return new()
        {
            ["hash"] = tx.Hash.Hex,
            ["height"] = Number(block.Height),
            ["index"] = index,
            ["tx_result"] = TxResult(tx.Result),
            ["tx"] = Convert.ToBase64String(tx.Bytes.Span),
        };
    }

    private static JsonObject Event(ChainEvent one) => new()
    {
        ["type"] = one.Type,
        ["attributes"] = new JsonArray([.. one.Attributes.Select(attribute =>
            new JsonObject { ["key"] = attribute.Key, ["value"] = attribute.Value, ["index"] = true })]),
    };
}
