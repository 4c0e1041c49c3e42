namespace ProviderAgent.Bidding;

/// <summary>The order is likely to be there still when a bid is included: one that has been open for long is mostly given up.</summary>
internal sealed class OrderEndingRule : IScreeningRule
{
    public BidDecision.Decline? Check(OrderFacts order, HostFacts host)
    {
        if (host.MaxOrderAge is not { } most || order.CreatedAt is not { } created || host.Tick is not { } now) return null;
        var age = TimeSpan.FromSeconds(Math.Clamp((now - created) * host.Clock.TickLength.TotalSeconds, 0, TimeSpan.MaxValue.TotalSeconds / 2));
        return age > most ? new(DeclineReason.OrderEnding, $"the order has been open for {age:d\\.hh\\:mm\\:ss}, and bidding.max_order_age is {most:d\\.hh\\:mm\\:ss}") : null;
    }
}
