using Microsoft.Extensions.Options;
using ProviderAgent.Inventory;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Bidding;

/// <summary>Gathers what a decision needs to know of us, without asking anybody.</summary>
internal sealed class HostFactsSource(
    IMarketplace market, MarketFacts facts, IDrainSwitch drain, BiddingGate gate, IHostReadiness host, IReservationBook reservations, OrderBook book, IAccessLists lists, ISpendingMeter fees, IOptionsMonitor<BiddingOptions> options)
{
    public HostFacts Gather()
    {
        var view = facts.Current;
        var wanted = options.CurrentValue;
        var stock = reservations.Snapshot;
        return new()
        {
            Account = market.Account,
            Draining = drain.Reason,
            Paused = gate.Reason,
            WebProblem = host.WebProblem,
            Record = view.Record,
            Audits = view.Audits,
            Parameters = view.Parameters,
            Clock = market.Clock,
            Inventory = stock,
            OpenBids = book.OpenBids,
            Leases = stock.Reservations.Values.Count(reservation => reservation.IsAssigned),
            MaxOpenBids = wanted.MaxOpen,
            ReclaimWindow = wanted.ReclamationWindow,
            Deposit = DepositRule.Choose(wanted.Deposit, view.Parameters.MinBidDeposits),
            Lists = lists.Current,
            Filters = wanted.Filters.Count == 0 ? [] : wanted.Filters.Select(filter => new MarketAttribute(filter.Key, filter.Value)).ToValueList(),
            Coins = wanted.Coins.Count == 0 ? [] : wanted.Coins.Select(Denom.Parse).ToValueList(),
            MaxOrderAge = wanted.MaxOrderAge,
            SpareSlots = wanted.SpareSlots,
            Tick = market.Health.Tick,
            Fees = FeeLimits(wanted.Budget),
            DepositBudget = wanted.Budget.Deposits,
            Balance = view.Balance,
            Keep = wanted.Budget.Keep,
        };
    }

    private ValueList<FeeLimit> FeeLimits(BudgetOptions budget)
    {
        if (budget is { FeesPerDay: null, FeesPerHour: null }) return [];
        var limits = new List<FeeLimit>(2);
        if (budget.FeesPerDay is { } day) limits.Add(new(fees.FeesWithin(TimeSpan.FromDays(1)), day, "fees_per_day"));
        if (budget.FeesPerHour is { } hour) limits.Add(new(fees.FeesWithin(TimeSpan.FromHours(1)), hour, "fees_per_hour"));
        return limits.ToValueList();
    }
}
