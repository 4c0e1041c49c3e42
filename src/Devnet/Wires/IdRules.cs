using ProviderAgent.Chain.Keys;
using ProviderAgent.Devnet.Errors;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Devnet.Wires;

/// <summary>Reads ids of messages with the chain's own checks, in its order and with its words.</summary>
internal static class IdRules
{
    public static AccountAddress Address(string text, string otherwise) =>
        ChainAddress.TryParse(text, out var address) ? address : throw SdkErrors.InvalidAddress.Because(otherwise);

    public static DeploymentId Deployment(Wire.Deployment.V1.DeploymentID? id) => Deployment(id?.Owner, id?.Dseq, "");

    public static GroupId Group(Wire.Deployment.V1.GroupID? id) => Group(id?.Owner, id?.Dseq, id?.Gseq, "");

    public static OrderId Order(Wire.Market.V1.OrderID? id) => Order(id?.Owner, id?.Dseq, id?.Gseq, id?.Oseq, "");

    public static BidId Bid(Wire.Market.V1.BidID? id) =>
        Bid(id?.Owner, id?.Dseq, id?.Gseq, id?.Oseq, id?.Provider, id?.Bseq, "");

    public static LeaseId Lease(Wire.Market.V1.LeaseID? id) =>
        Bid(id?.Owner, id?.Dseq, id?.Gseq, id?.Oseq, id?.Provider, id?.Bseq, "LeaseID: Invalid BidID: ").Lease;

    private static DeploymentId Deployment(string? owner, ulong? dseq, string context)
    {
        if (!ChainAddress.TryParse(owner, out var address)) throw SdkErrors.InvalidAddress.Because($"{context}DeploymentID: Invalid Owner Address");
        if (dseq is null or 0) throw SdkErrors.InvalidSequence.Because($"{context}DeploymentID: Invalid Deployment Sequence");
        return new(address, dseq.Value);
    }

    private static GroupId Group(string? owner, ulong? dseq, uint? gseq, string context)
    {
        var deployment = Deployment(owner, dseq, $"{context}GroupID: Invalid DeploymentID: ");
        if (gseq is null or 0) throw SdkErrors.InvalidSequence.Because($"{context}GroupID: Invalid Group Sequence");
        return new(deployment.Owner, deployment.Dseq, gseq.Value);
    }

    private static OrderId Order(string? owner, ulong? dseq, uint? gseq, uint? oseq, string context)
    {
        var group = Group(owner, dseq, gseq, $"{context}OrderID: Invalid GroupID: ");
        if (oseq is null or 0) throw SdkErrors.InvalidSequence.Because($"{context}OrderID: Invalid Order Sequence");
        return new(group.Owner, group.Dseq, group.Gseq, oseq.Value);
    }

    private static BidId Bid(string? owner, ulong? dseq, uint? gseq, uint? oseq, string? provider, uint? bseq, string context)
    {
        var order = Order(owner, dseq, gseq, oseq, $"{context}BidID: Invalid OrderID: ");
        if (!ChainAddress.TryParse(provider, out var address)) throw SdkErrors.InvalidAddress.Because($"{context}BidID: Invalid Provider Address");
        if (address == order.Owner) throw SdkErrors.Conflict.Because($"{context}BidID: self-bid");
        if (bseq is not (null or 0)) throw SdkErrors.Conflict.Because($"{context}BidID: invalid bseq");
        return new(order, address);
    }
}
