using ProviderAgent.Marketplace;

namespace ProviderAgent.Bidding;

/// <summary>Gathers what a price may depend on, without asking anybody.</summary>
internal sealed class PricingFactsSource(IGpuPicker picker, CoinPriceBoard coins, TimeProvider time)
{
    /// <summary>What one AKT is worth now; null when not known.</summary>
    public Decimal18? Akt => coins.Usable(out _)?.Usd;

    public PricingRequest Request(OrderFacts order, HostFacts host)
    {
        var akt = coins.Usable(out var problem);
        return new(order.Id, order.Group, host.Clock)
        {
            Facts = new()
            {
                Now = time.GetUtcNow(),
                Inventory = host.Inventory,
                Gpus = AsksForGpus(order.Group) ? picker.Pick(order.Group) : [],
                Akt = akt,
                AktProblem = problem,
                Deposit = host.Deposit,
                ReclaimWindow = ReclaimRule.Offered(host.ReclaimWindow, host.Parameters),
            },
        };
    }

    private static bool AsksForGpus(GroupSpec group)
    {
        foreach (var unit in group.Units)
        {
            if (unit.Resources.Gpus > 0) return true;
        }

        return false;
    }
}
