using System.Globalization;
using Google.Protobuf;
using ProviderAgent.Chain.Numbers;
using ProviderAgent.Chain.Wire.Bme;
using ProviderAgent.Devnet.State;
using ProviderAgent.Devnet.Wires;
using ProviderAgent.Marketplace;
using WireReason = ProviderAgent.Chain.Wire.Market.V1.LeaseClosedReason;

namespace ProviderAgent.Devnet.Events;

/// <summary>The events of the modules: named after their message, one attribute per field in key order, each value the chain's JSON of that field.</summary>
internal static class TypedEvents
{
    private const string Market = "akash.market.v1.";
    private const string Deployment = "akash.deployment.v1.";
    private const string Bme = "akash.bme.v1.";
    private const string Provider = "akash.provider.v1beta4.";

    public static ChainEvent OrderCreated(OrderId id) => new(Market + "EventOrderCreated", ("id", Json(id)));

    public static ChainEvent OrderClosed(OrderId id) => new(Market + "EventOrderClosed", ("id", Json(id)));

    public static ChainEvent BidCreated(BidId id, ChainPrice price) => new(Market + "EventBidCreated", ("id", Json(id)), ("price", Json(price)));

    public static ChainEvent BidClosed(BidId id) => new(Market + "EventBidClosed", ("id", Json(id)));

    public static ChainEvent LeaseCreated(LeaseId id, ChainPrice price) =>
        new(Market + "EventLeaseCreated", ("id", Json(id.Bid)), ("price", Json(price)));

    public static ChainEvent LeaseClosed(LeaseId id, WireReason reason) =>
        new(Market + "EventLeaseClosed", ("id", Json(id.Bid)), ("reason", Json(reason)));

    public static ChainEvent LeaseReclaimStarted(LeaseId id, WireReason reason, long deadline) =>
        new(Market + "EventLeaseReclaimStarted", ("deadline", Quoted(deadline)), ("id", Json(id.Bid)), ("reason", Json(reason)));

    public static ChainEvent DeploymentCreated(DeploymentId id, ByteString hash) =>
        new(Deployment + "EventDeploymentCreated", ("hash", Json(hash)), ("id", Json(id)));

    public static ChainEvent DeploymentUpdated(DeploymentId id, ByteString hash) =>
        new(Deployment + "EventDeploymentUpdated", ("hash", Json(hash)), ("id", Json(id)));

    public static ChainEvent DeploymentClosed(DeploymentId id) => new(Deployment + "EventDeploymentClosed", ("id", Json(id)));

    public static ChainEvent GroupStarted(GroupId id) => new(Deployment + "EventGroupStarted", ("id", Json(id)));

    public static ChainEvent GroupPaused(GroupId id) => new(Deployment + "EventGroupPaused", ("id", Json(id)));

    public static ChainEvent GroupClosed(GroupId id) => new(Deployment + "EventGroupClosed", ("id", Json(id)));

    public static ChainEvent ProviderCreated(AccountAddress owner) => new(Provider + "EventProviderCreated", ("owner", $"\"{owner}\""));

    public static ChainEvent ProviderUpdated(AccountAddress owner) => new(Provider + "EventProviderUpdated", ("owner", $"\"{owner}\""));

    public static ChainEvent LedgerRecordExecuted(LedgerRecordID id, LedgerRecord record) => new(
        Bme + "EventLedgerRecordExecuted",
        ("burned", Json(record.Burned)),
        ("burned_from", $"\"{record.BurnedFrom}\""),
        ("burner", $"\"{record.Burner}\""),
        ("id", Json(id)),
        ("minted", Json(record.Minted)),
        ("minted_to", $"\"{record.MintedTo}\""),
        ("minter", $"\"{record.Minter}\""),
        ("remint_credit_accrued", "null"),
        ("remint_credit_issued", "null"),
        ("spread", Json(record.Spread)));

    public static ChainEvent LedgerRecordCanceled(LedgerRecordID id, LedgerCanceledRecord record) => new(
        Bme + "EventLedgerRecordCanceled",
        ("cancel_reason", $"\"{WireEnums.NameOf(WireEnums.CancelReasons, (int)record.CancelReason)}\""),
        ("coins_to_burn", Json(record.CoinsToBurn)),
        ("denom_to_mint", $"\"{record.DenomToMint}\""),
        ("id", Json(id)),
        ("owner", $"\"{record.Owner}\""),
        ("to", $"\"{record.To}\""));

    private static string Json(LedgerRecordID id) =>
        $$"""{"denom":"{{id.Denom}}","to_denom":"{{id.ToDenom}}","source":"{{id.Source}}","height":{{Quoted(id.Height)}},"sequence":{{Quoted(id.Sequence)}}}""";

    private static string Json(Wire.Base.Coin coin) => $$"""{"denom":"{{coin.Denom}}","amount":"{{coin.Amount}}"}""";

    private static string Json(CoinPrice price) => $$"""{"coin":{{Json(price.Coin)}},"price":"{{LegacyDec.Parse(price.Price).ToFixedString()}}"}""";

    private static string Json(DeploymentId id) => $$"""{"owner":"{{id.Owner}}","dseq":{{Quoted(id.Dseq)}}}""";

    private static string Json(GroupId id) => $$"""{"owner":"{{id.Owner}}","dseq":{{Quoted(id.Dseq)}},"gseq":{{Number(id.Gseq)}}}""";

    private static string Json(OrderId id) =>
        $$"""{"owner":"{{id.Owner}}","dseq":{{Quoted(id.Dseq)}},"gseq":{{Number(id.Gseq)}},"oseq":{{Number(id.Oseq)}}}""";

    private static string Json(BidId id) =>
        $$"""{{Json(id.Order)[..^1]}},"provider":"{{id.Provider}}","bseq":0}""";

    private static string Json(ChainPrice price) => $$"""{"denom":"{{price.Denom}}","amount":"{{price.Amount.ToFixedString()}}"}""";

    private static string Json(WireReason reason)
    {
        var name = WireEnums.NameOf(WireEnums.LeaseClosedReasons, (int)reason);
        return char.IsAsciiDigit(name[0]) ? name : $"\"{name}\""; // a number without a name is written as a number
    }

    private static string Json(ByteString bytes) => $"\"{bytes.ToBase64()}\"";

    private static string Quoted(IFormattable number) => $"\"{Number(number)}\"";

    private static string Number(IFormattable number) => number.ToString(null, CultureInfo.InvariantCulture);
}
