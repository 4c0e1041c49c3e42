using Microsoft.Extensions.Options;
using ProviderAgent.Bidding;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Adapters;

/// <summary>Tells the sender of transactions what <c>bidding.budget</c> allows: one wish, enforced where the money is spent. A reload counts at once.</summary>
internal sealed class OperatorLimits(IOptionsMonitor<BiddingOptions> options) : ISpendingLimits
{
    public SpendingLimits Current => Of(options.CurrentValue.Budget);

    private static SpendingLimits Of(BudgetOptions budget) => new(budget.FeesPerHour, budget.FeesPerDay, budget.Deposits);
}
