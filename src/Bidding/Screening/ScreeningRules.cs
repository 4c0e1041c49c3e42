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
        new OwnerListRule(),
        new GroupLimitsRule(),
        new CoinRule(),
        new DenomRule(),
        new PriceLimitRule(),
        new OpenBidsRule(),
        new DepositRule(),
        new BudgetRule(),
        new OrderFilterRule(),
        new AuditorListRule(),
        new AttributesRule(),
        new SignaturesRule(),
        new StorageRule(),
        new GpuRule(),
        new EndpointRule(),
        new ReclaimRule(),
        new OrderEndingRule(),
        new BidSlotRule(),
        new FitRule(),
    ];

    // Those that look at nothing but the order and the settings.
    private static readonly IScreeningRule[] OrderOnly =
    [
        new OwnerListRule(),
        new GroupLimitsRule(),
        new CoinRule(),
        new DenomRule(),
        new PriceLimitRule(),
        new OrderFilterRule(),
        new AuditorListRule(),
        new EndpointRule(),
    ];

    // Those that look at what the host has and what is registered for it, and not at the market's state.
    private static readonly IScreeningRule[] HostOnly = [new AttributesRule(), new StorageRule(), new GpuRule(), new FitRule()];

    /// <summary>The first objection of the rules about the host; without a record of what is registered, only those about what it has.</summary>
    public static BidDecision.Decline? FirstObjectionOfHost(OrderFacts order, HostFacts host)
    {
        foreach (var rule in HostOnly)
        {
            if (host.Record is null && rule is not FitRule) continue;
            if (rule.Check(order, host) is { } objection) return objection;
        }

        return null;
    }

    /// <summary>The first objection of the rules that need neither host nor market.</summary>
    public static BidDecision.Decline? FirstObjectionToOrder(OrderFacts order, HostFacts settings)
    {
        foreach (var rule in OrderOnly)
        {
            if (rule.Check(order, settings) is { } objection) return objection;
        }

        return null;
    }

    public static BidDecision.Decline? FirstObjection(OrderFacts order, HostFacts host)
    {
        foreach (var rule in All)
        {
            if (rule.Check(order, host) is { } objection) return objection;
        }

        return null;
    }
}
