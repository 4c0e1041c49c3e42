using Microsoft.Extensions.Options;
using ProviderAgent.Inventory;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Bidding;

/// <summary>Gathers what a decision needs to know of us, without asking anybody.</summary>
internal sealed class HostFactsSource(
    IMarketplace market, MarketFacts facts, IDrainSwitch drain, BiddingGate gate, IReservationBook reservations, OrderBook book, IOptionsMonitor<BiddingOptions> options)
{
    public HostFacts Gather()
    {
        var view = facts.Current;
        var wanted = options.CurrentValue;
        return new()
        {
            Account = market.Account,
            Draining = drain.Reason,
            Paused = gate.Reason,
            Record = view.Record,
            Audits = view.Audits,
            Parameters = view.Parameters,
            Clock = market.Clock,
            Inventory = reservations.Snapshot,
            OpenBids = book.OpenBids,
            MaxOpenBids = wanted.MaxOpen,
            ReclaimWindow = wanted.ReclamationWindow,
            Deposit = DepositRule.Choose(wanted.Deposit, view.Parameters.MinBidDeposits),
        };
    }
}
