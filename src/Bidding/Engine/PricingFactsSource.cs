using ProviderAgent.Marketplace;

namespace ProviderAgent.Bidding;

/// <summary>Gathers what a price may depend on, without asking anybody.</summary>
internal sealed class PricingFactsSource(CoinPriceBoard coins, WinnersBoard winners, TimeProvider time)
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
                Gpus = PickedGpu.Of(host.Inventory, order.Group),
                Akt = akt,
                AktProblem = problem,
                Winners = winners.Find(order.Group),
                Deposit = host.Deposit,
                ReclaimWindow = ReclaimRule.Offered(host.ReclaimWindow, host.Parameters),
            },
        };
    }
}
