using ProviderAgent.Marketplace;

namespace ProviderAgent.Bidding;

/// <summary>The notice that the tenant wants is one that we promise, and one that the market allows.</summary>
internal sealed class ReclaimRule : IScreeningRule
{
    public BidDecision.Decline? Check(OrderFacts order, HostFacts host)
    {
        if (order.MinReclaimWindow is not { } wanted) return null;
        if (host.ReclaimWindow is not { } ours)
            return new(DeclineReason.ReclaimNotOffered, $"the tenant wants {wanted} of notice: set bidding.reclamation_window to promise it");
        if (Offered(ours, host.Parameters) is null)
            return new(DeclineReason.ReclaimOutOfBounds, $"our notice of {ours} is not what the market allows ({Bounds(host.Parameters)})");
        return ours < wanted ? new(DeclineReason.ReclaimTooShort, $"the tenant wants {wanted} of notice, we promise {ours}") : null;
    }

    /// <summary>The notice to put into a bid: none where the market would refuse it.</summary>
    public static TimeSpan? Offered(TimeSpan? ours, MarketParameters parameters) =>
        ours is { } window && parameters.ReclaimWindow is { } bounds && window >= bounds.Min && window <= bounds.Max ? window : null;

    private static string Bounds(MarketParameters parameters) =>
        parameters.ReclaimWindow is { } bounds ? $"{bounds.Min} to {bounds.Max}" : "it has no reclamation";
}
