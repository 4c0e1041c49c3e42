namespace ProviderAgent.Bidding;

/// <summary>All rules from cheap to dear; the first that objects decides.</summary>
internal static class ScreeningRules
{
    private static readonly IScreeningRule[] All =
    [
        new DrainRule(),
        new PauseRule(),
        new RegistrationRule(),
        new OwnOrderRule(),
        new GroupLimitsRule(),
        new CoinRule(),
        new PriceLimitRule(),
        new OpenBidsRule(),
        new DepositRule(),
        new AttributesRule(),
        new SignaturesRule(),
        new StorageRule(),
        new GpuRule(),
        new EndpointRule(),
        new ReclaimRule(),
        new BidSlotRule(),
        new FitRule(),
    ];

    public static BidDecision.Decline? FirstObjection(OrderFacts order, HostFacts host)
    {
        foreach (var rule in All)
        {
            if (rule.Check(order, host) is { } objection) return objection;
        }

        return null;
    }
}
