using ProviderAgent.Marketplace;

namespace ProviderAgent.Devnet.State;

/// <summary>The order in which the chain walks its ids: part by part, owners by their text.</summary>
/// <remarks>An empty part sorts first, so it serves as the start of a range.</remarks>
internal static class IdOrder
{
    public static IComparer<string> Text { get; } = StringComparer.Ordinal;

    public static IComparer<AccountAddress> Accounts { get; } = Comparer<AccountAddress>.Default;

    public static IComparer<DeploymentId> Deployments { get; } = Comparer<DeploymentId>.Create((x, y) => Compare(x, y));

    public static IComparer<GroupId> Groups { get; } = Comparer<GroupId>.Create((x, y) =>
        Compare(x.Deployment, y.Deployment) is var first and not 0 ? first : x.Gseq.CompareTo(y.Gseq));

    public static IComparer<OrderId> Orders { get; } = Comparer<OrderId>.Create((x, y) => Compare(x, y));

    public static IComparer<BidId> Bids { get; } = Comparer<BidId>.Create((x, y) =>
        Compare(x.Order, y.Order) is var first and not 0 ? first : x.Provider.CompareTo(y.Provider));

    public static IComparer<LeaseId> Leases { get; } = Comparer<LeaseId>.Create((x, y) => Bids.Compare(x.Bid, y.Bid));

    private static int Compare(DeploymentId x, DeploymentId y) =>
        x.Owner.CompareTo(y.Owner) is var first and not 0 ? first : x.Dseq.CompareTo(y.Dseq);

    private static int Compare(OrderId x, OrderId y)
    {
        var first = Compare(x.Deployment, y.Deployment);
        if (first != 0) return first;
        var second = x.Gseq.CompareTo(y.Gseq);
        return second != 0 ? second : x.Oseq.CompareTo(y.Oseq);
    }
}
