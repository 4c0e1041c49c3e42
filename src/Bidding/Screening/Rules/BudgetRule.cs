using ProviderAgent.Marketplace;

namespace ProviderAgent.Bidding;

/// <summary>There is money left for one more bid: of the day's fees, of what may be locked, and on the account.</summary>
internal sealed class BudgetRule : IScreeningRule
{
    public BidDecision.Decline? Check(OrderFacts order, HostFacts host)
    {
        foreach (var (spent, budget, setting) in host.Fees)
        {
            if (spent.Denom != budget.Denom && spent.Amount > 0) return new(DeclineReason.FeeBudget, $"bidding.budget.{setting} is in {budget.Denom}, but fees are paid in {spent.Denom}: give the limit in that coin");
            if (spent.Amount >= budget.Amount) return new(DeclineReason.FeeBudget, $"{spent} of fees are spent, and bidding.budget.{setting} allows {budget}");
        }

        if (host.Deposit is not { } deposit) return null;
        if (host.DepositBudget is { } most && most.Denom == deposit.Denom && Locked(deposit, host.OpenBids + host.Leases + 1) > most.Amount)
            return new(DeclineReason.DepositBudget, $"{host.OpenBids} open bids and {host.Leases} leases lock {deposit} each, and bidding.budget.deposits allows {most} in all");
        if (host.Balance is { } balance && balance.Denom == deposit.Denom && balance.Amount < Locked(deposit, 1) + (host.Keep.Denom == deposit.Denom ? host.Keep.Amount : 0))
            return new(DeclineReason.BalanceLow, $"the account holds {balance}, too little for a deposit of {deposit} and bidding.budget.keep of {host.Keep}: send it funds");
        return null;
    }

    private static Int128 Locked(Coin deposit, int bids) => (Int128)deposit.Amount * bids;
}
