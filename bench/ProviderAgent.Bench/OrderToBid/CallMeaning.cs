using System.Globalization;
using System.Text.Json;
using ProviderAgent.Chain.Mapping;
using ProviderAgent.Chain.Queries;
using ProviderAgent.Chain.Wire.Market.V1Beta5;
using ProviderAgent.Chain.Wire.Tx;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Bench.OrderToBid;

/// <summary>What a call was for, as far as an order's way to its bid goes.</summary>
internal abstract record CallMeaning
{
    private CallMeaning()
    {
    }

    /// <summary>Reads what happened in a block; its answer is how the daemon hears of orders.</summary>
    public sealed record BlockRead(long Height) : CallMeaning;

    /// <summary>Asks about one order or the bids on it.</summary>
    public sealed record AboutOrder(OrderId Order) : CallMeaning;

    /// <summary>Tries out a transaction, or asks for the account's sequence: all bids go through the one sender of the key.</summary>
    public sealed record Sending : CallMeaning;

    /// <summary>Hands over a signed transaction with these bids.</summary>
    public sealed record HandOver(IReadOnlyList<OrderId> Orders) : CallMeaning;

    public sealed record Other : CallMeaning;

    /// <summary>Reads a JSON-RPC call.</summary>
    public static CallMeaning Read(byte[] body)
    {
        using var call = JsonDocument.Parse(body);
        var parameters = call.RootElement.TryGetProperty("params", out var given) ? given : default;
        return call.RootElement.GetProperty("method").GetString() switch
        {
            "block_results" => new BlockRead(long.Parse(parameters.GetProperty("height").GetString() ?? "", CultureInfo.InvariantCulture)),
            "broadcast_tx_sync" => new HandOver(BidsIn(parameters.GetProperty("tx").GetBytesFromBase64())),
            "abci_query" => Query(parameters.GetProperty("path").GetString(), Convert.FromHexString(parameters.GetProperty("data").GetString() ?? "")),
            _ => new Other(),
        };
    }

    private static CallMeaning Query(string? path, byte[] data) => path switch
    {
        QueryPaths.Order => new AboutOrder(WireIds.ToOrderId(QueryOrderRequest.Parser.ParseFrom(data).Id)),
        QueryPaths.Bid => new AboutOrder(WireIds.ToBidId(QueryBidRequest.Parser.ParseFrom(data).Id).Order),
        QueryPaths.Bids => QueryBidsRequest.Parser.ParseFrom(data).Filters is { Owner.Length: > 0, Oseq: > 0 } filters
            ? new AboutOrder(new(WireIds.ToAddress(filters.Owner), filters.Dseq, filters.Gseq, filters.Oseq))
            : new Other(),
        QueryPaths.Simulate or QueryPaths.AccountInfo or QueryPaths.NodeConfig => new Sending(),
        _ => new Other(),
    };

    private static OrderId[] BidsIn(byte[] transaction)
    {
        var body = TxBody.Parser.ParseFrom(TxRaw.Parser.ParseFrom(transaction).BodyBytes);
        return [.. body.Messages.Where(message => message.TypeUrl.EndsWith(".MsgCreateBid", StringComparison.Ordinal))
            .Select(message => WireIds.ToBidId(MsgCreateBid.Parser.ParseFrom(message.Value).Id).Order)];
    }
}
