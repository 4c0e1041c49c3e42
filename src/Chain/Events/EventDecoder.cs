using System.Text.Json;
using ProviderAgent.Chain.Mapping;
using ProviderAgent.Chain.Numbers;
using ProviderAgent.Chain.Rpc;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Chain.Events;

/// <summary>The market's events from those of a block. Pure.</summary>
internal static class EventDecoder
{
    /// <summary>What an event means for the market; null for types that mean nothing to a provider or that this version does not know.</summary>
    /// <exception cref="MalformedWireException">The type is known, but its attributes are not what they have to be.</exception>
    public static MarketEvent? Decode(ChainEvent source)
    {
        // One malformed event must not take the others of its block with it, so nothing but the declared exception leaves.
        try
        {
            using var attributes = new EventAttributes(source);
            return Decode(source.Type, attributes);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException or OverflowException)
        {
            throw new MalformedWireException($"event {source.Type} is unreadable: {e.Message}");
        }
    }

    private static MarketEvent? Decode(string type, EventAttributes e) => type switch
    {
        "akash.market.v1.EventOrderCreated" => new MarketEvent.OrderCreated(EventIds.Order(e.Json("id"))),
        "akash.market.v1.EventOrderClosed" => new MarketEvent.OrderClosed(EventIds.Order(e.Json("id"))),
        "akash.market.v1.EventBidCreated" => new MarketEvent.BidCreated(EventIds.Bid(e.Json("id")), Price(e)),
        "akash.market.v1.EventBidClosed" => new MarketEvent.BidClosed(EventIds.Bid(e.Json("id"))),
        "akash.market.v1.EventLeaseCreated" => new MarketEvent.LeaseCreated(EventIds.Bid(e.Json("id")).Lease, Price(e)),
        "akash.market.v1.EventLeaseClosed" => new MarketEvent.LeaseClosed(EventIds.Bid(e.Json("id")).Lease, Reason(e)),
        "akash.market.v1.EventLeaseReclaimStarted" =>
            new MarketEvent.LeaseReclaimStarted(EventIds.Bid(e.Json("id")).Lease, Reason(e), WireTime.ToMoment(EventIds.Number(e.Json("deadline")), "deadline")),
        "akash.deployment.v1.EventDeploymentCreated" => new MarketEvent.DeploymentCreated(EventIds.Deployment(e.Json("id")), Hash(e)),
        "akash.deployment.v1.EventDeploymentUpdated" => new MarketEvent.DeploymentUpdated(EventIds.Deployment(e.Json("id")), Hash(e)),
        "akash.deployment.v1.EventDeploymentClosed" => new MarketEvent.DeploymentClosed(EventIds.Deployment(e.Json("id"))),
        "akash.deployment.v1.EventGroupStarted" => new MarketEvent.GroupStarted(EventIds.Group(e.Json("id"))),
        "akash.deployment.v1.EventGroupPaused" => new MarketEvent.GroupPaused(EventIds.Group(e.Json("id"))),
        "akash.deployment.v1.EventGroupClosed" => new MarketEvent.GroupClosed(EventIds.Group(e.Json("id"))),
        "akash.provider.v1beta4.EventProviderCreated" or "akash.provider.v1beta4.EventProviderUpdated" or "akash.provider.v1beta4.EventProviderDeleted" =>
            new MarketEvent.ProviderChanged(Address(e, "owner")),
        "akash.audit.v1.EventTrustedAuditorCreated" or "akash.audit.v1.EventTrustedAuditorDeleted" =>
            new MarketEvent.AuditChanged(Address(e, "owner"), Address(e, "auditor")),
        _ => null,
    };

    private static AccountAddress Address(EventAttributes e, string name) => WireIds.ToAddress(e.Json(name).GetString() ?? "");

    private static Rate Price(EventAttributes e)
    {
        var price = e.Json("price");

        // JSON form here: a decimal with its point, not the wire's integer.
        return Decimal18.TryParse(price.Text("amount"), out var amount)
            ? Rate.PerTick(amount, WireCoins.ToDenom(price.Text("denom"), "price"))
            : throw new MalformedWireException($"price '{WireText.Shorten(price.Text("amount"))}' is no decimal");
    }

    private static LeaseCloseReason Reason(EventAttributes e) => LeaseReasons.FromName(e.Json("reason").GetString() ?? "");

    private static ManifestHash Hash(EventAttributes e)
    {
        var text = e.Json("hash").GetString() ?? "";
        Span<byte> bytes = stackalloc byte[ManifestHash.Size];
        return Convert.TryFromBase64String(text, bytes, out var written) && ManifestHash.TryCreate(bytes[..written], out var hash)
                ? hash
                : throw new MalformedWireException($"hash '{WireText.Shorten(text)}' is no manifest hash");
    }
}
