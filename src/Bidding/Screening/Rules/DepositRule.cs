using ProviderAgent.Marketplace;

namespace ProviderAgent.Bidding;

/// <summary>The market takes a deposit in the coin that we want to lock.</summary>
internal sealed class DepositRule : IScreeningRule
{
    // What fees are paid in too, so that a provider needs only one coin.
    private static readonly Denom Preferred = Denom.Parse("uakt");

    public BidDecision.Decline? Check(OrderFacts order, HostFacts host) => host.Deposit is null
        ? new(DeclineReason.DepositCoin, $"the market takes deposits of at least {host.Parameters.MinBidDeposits} only: set bidding.deposit to one of these coins, or leave it out")
        : null;

    /// <summary>What to lock for a bid: the configured amount, but never less than the market's minimum; null when the market does not take that coin.</summary>
    public static Coin? Choose(Coin? configured, ValueList<Coin> minimums)
    {
        if (configured is { } wanted)
        {
            foreach (var minimum in minimums)
            {
                if (minimum.Denom == wanted.Denom) return minimum.Amount > wanted.Amount ? minimum : wanted;
            }

            return null;
        }

        foreach (var minimum in minimums)
        {
            if (minimum.Denom == Preferred) return minimum;
        }

        return minimums.Count > 0 ? minimums[0] : null;
    }
}
