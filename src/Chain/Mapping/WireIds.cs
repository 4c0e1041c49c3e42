using ProviderAgent.Chain.Keys;
using ProviderAgent.Chain.Numbers;
using ProviderAgent.Marketplace;
using WireBidId = ProviderAgent.Chain.Wire.Market.V1.BidID;
using WireDeploymentId = ProviderAgent.Chain.Wire.Deployment.V1.DeploymentID;
using WireGroupId = ProviderAgent.Chain.Wire.Deployment.V1.GroupID;
using WireLeaseId = ProviderAgent.Chain.Wire.Market.V1.LeaseID;
using WireOrderId = ProviderAgent.Chain.Wire.Market.V1.OrderID;

namespace ProviderAgent.Chain.Mapping;

/// <summary>Ids between the wire and the market's vocabulary. The wire's <c>bseq</c> is 0 everywhere today; anything else is refused.</summary>
internal static class WireIds
{
    public static WireDeploymentId ToWire(DeploymentId id) => new() { Owner = id.Owner.Value, Dseq = id.Dseq };

    public static WireGroupId ToWire(GroupId id) => new() { Owner = id.Owner.Value, Dseq = id.Dseq, Gseq = id.Gseq };

    public static WireOrderId ToWire(OrderId id) => new() { Owner = id.Owner.Value, Dseq = id.Dseq, Gseq = id.Gseq, Oseq = id.Oseq };

    public static WireBidId ToWire(BidId id) => new()
    {
        Owner = id.Order.Owner.Value,
        Dseq = id.Order.Dseq,
        Gseq = id.Order.Gseq,
        Oseq = id.Order.Oseq,
        Provider = id.Provider.Value,
    };

    public static WireLeaseId ToWire(LeaseId id) => new()
    {
        Owner = id.Owner.Value,
        Dseq = id.Order.Dseq,
        Gseq = id.Order.Gseq,
        Oseq = id.Order.Oseq,
        Provider = id.Provider.Value,
    };

    /// <exception cref="MalformedWireException">Absent, a bad address, or a zero number.</exception>
    public static DeploymentId ToDeploymentId(WireDeploymentId? wire) =>
        wire is { Dseq: > 0 } ? new(ToAddress(wire.Owner), wire.Dseq) : throw Malformed("deployment", wire);

    /// <inheritdoc cref="ToDeploymentId"/>
    public static GroupId ToGroupId(WireGroupId? wire) =>
        wire is { Dseq: > 0, Gseq: > 0 } ? new(ToAddress(wire.Owner), wire.Dseq, wire.Gseq) : throw Malformed("group", wire);

    /// <inheritdoc cref="ToDeploymentId"/>
    public static OrderId ToOrderId(WireOrderId? wire) =>
        wire is { Dseq: > 0, Gseq: > 0, Oseq: > 0 } ? new(ToAddress(wire.Owner), wire.Dseq, wire.Gseq, wire.Oseq) : throw Malformed("order", wire);

    /// <inheritdoc cref="ToDeploymentId"/>
    public static BidId ToBidId(WireBidId? wire) =>
        wire is { Dseq: > 0, Gseq: > 0, Oseq: > 0, Bseq: 0 }
            ? new(new(ToAddress(wire.Owner), wire.Dseq, wire.Gseq, wire.Oseq), ToAddress(wire.Provider))
            : throw Malformed("bid", wire);

    /// <inheritdoc cref="ToDeploymentId"/>
    public static LeaseId ToLeaseId(WireLeaseId? wire) =>
        wire is { Dseq: > 0, Gseq: > 0, Oseq: > 0, Bseq: 0 }
            ? new(new(ToAddress(wire.Owner), wire.Dseq, wire.Gseq, wire.Oseq), ToAddress(wire.Provider))
            : throw Malformed("lease", wire);

    /// <exception cref="MalformedWireException">Not an address of this chain.</exception>
    public static AccountAddress ToAddress(string wire) =>
        ChainAddress.TryParse(wire, out var address) ? address : throw new MalformedWireException($"'{WireText.Shorten(wire)}' is not an address of this chain");

    private static MalformedWireException Malformed(string what, object? wire) =>
        new(wire is null ? $"the {what} id is missing" : $"'{WireText.Shorten(wire.ToString())}' is not a {what} id");
}
