using System.Globalization;

namespace ProviderAgent.Bidding;

/// <summary>Only so many bids of ours stand at a time.</summary>
internal sealed class OpenBidsRule : IScreeningRule
{
    public BidDecision.Decline? Check(OrderFacts order, HostFacts host) => host.OpenBids >= host.MaxOpenBids ? Decline(host.MaxOpenBids) : null;

    public static BidDecision.Decline Decline(int max) =>
        new(DeclineReason.OpenBidsExhausted, string.Create(CultureInfo.InvariantCulture, $"{max} bids are open, which is the most that bidding.max_open allows"));
}
