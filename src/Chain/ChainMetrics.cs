using System.Diagnostics.Metrics;

namespace ProviderAgent.Chain;

/// <summary>Counters of this room. Gauges are registered by whoever knows their value.</summary>
internal sealed class ChainMetrics : IDisposable
{
    /// <summary>Name of the meter.</summary>
    public const string MeterName = "ProviderAgent.Chain";

    private readonly Counter<long> _skippedEvents;
    private readonly Counter<long> _malformedOrders;
    private readonly Counter<long> _transactions;
    private readonly Counter<long> _actions;
    private readonly Counter<long> _fees;
    private readonly Counter<long> _gaps;
    private readonly Histogram<int> _batch;
    private long _followedTo;
    private long _blocksMissed;
    private bool _budgetSpent;
    private int _kindsStopped;

    public ChainMetrics(IMeterFactory meters)
    {
        Meter = meters.Create(MeterName);
        _skippedEvents = Meter.CreateCounter<long>("provider_chain_events_skipped_total", description: "Events of the market that were left out, by reason (unknown, malformed).");
        _malformedOrders = Meter.CreateCounter<long>("provider_chain_orders_malformed_total", description: "Orders left out of lists because their numbers cannot be represented.");
        _transactions = Meter.CreateCounter<long>("provider_chain_transactions_total", description: "Transactions by outcome (included, failed, rejected, expired, unknown).");
        _actions = Meter.CreateCounter<long>("provider_chain_actions_total", description: "Actions by kind and outcome (done, or the refusal).");
        _fees = Meter.CreateCounter<long>("provider_chain_fees_total", description: "Fees paid, in the smallest unit of the coin named by the tag.");
        _gaps = Meter.CreateCounter<long>("provider_chain_event_gaps_total", description: "Times that events may have been missed, so that everything was read anew.");
        _batch = Meter.CreateHistogram<int>("provider_chain_batch_actions", description: "Actions that shared one transaction.");
    }

    public Meter Meter { get; }

    public void EventSkipped(string reason) => _skippedEvents.Add(1, new KeyValuePair<string, object?>("reason", reason));

    public void OrderMalformed() => _malformedOrders.Add(1);

    public void TransactionEnded(string outcome) => _transactions.Add(1, new KeyValuePair<string, object?>("outcome", outcome));

    public void ActionEnded(string kind, string outcome) =>
        _actions.Add(1, new KeyValuePair<string, object?>("action", kind), new KeyValuePair<string, object?>("outcome", outcome));

    public void FeePaid(Marketplace.Coin fee) => _fees.Add(fee.Amount, new KeyValuePair<string, object?>("denom", fee.Denom.Value));

    public void GapSeen() => _gaps.Add(1);

    /// <summary>Last block whose events were handed on; 0 before the first.</summary>
    public long FollowedTo => Volatile.Read(ref _followedTo);

    public void Followed(long height) => Volatile.Write(ref _followedTo, height);

    /// <summary>Bids are held back, because fees or deposits have used up their budget.</summary>
    public bool IsBudgetSpent => Volatile.Read(ref _budgetSpent);

    public void BudgetPaused(bool paused) => Volatile.Write(ref _budgetSpent, paused);

    /// <summary>Kinds of actions that are held back, because they failed in blocks again and again.</summary>
    public int KindsHeldBack => Volatile.Read(ref _kindsStopped);

    public void KindsStopped(int count) => Volatile.Write(ref _kindsStopped, count);

    /// <summary>Blocks that were skipped; a full reading made up for what they told.</summary>
    public long BlocksMissed => Volatile.Read(ref _blocksMissed);

    public void BlocksSkipped(long count) => Interlocked.Add(ref _blocksMissed, Math.Max(0, count));

    public void BatchSent(int actions) => _batch.Record(actions);

    public void Dispose() => Meter.Dispose();
}
