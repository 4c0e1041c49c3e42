using Microsoft.Extensions.Logging;
using ProviderAgent.Chain.Queries;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Chain.Sending;

/// <summary>Stops placing bids when fees or deposits have used up what the operator allows, and says so. Belongs to the sender's worker; what was spent may be read by anybody.</summary>
/// <remarks>
/// Only bids are held back: closing, withdrawing and giving notice end costs or bring money in, so they always go. What was spent
/// survives a restart, because every transaction is in the outbox with its fee.
/// </remarks>
internal sealed partial class SpendingBudget : ISpendingMeter
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    private readonly Lock _gate = new();
    private readonly Queue<(DateTimeOffset At, long Amount)> _spent = new();
    private readonly SenderState _state;
    private readonly ITransactionOutbox _outbox;
    private readonly ChainQueries _queries;
    private readonly ChainMetrics _metrics;
    private readonly ISpendingLimits _limits;
    private readonly Denom _denom;
    private readonly TimeProvider _time;
    private readonly ILogger<SpendingBudget> _log;
    private bool _isLoaded;
    private bool _isPaused;

    public SpendingBudget(
        SenderState state, FeePolicy fees, ITransactionOutbox outbox, ChainQueries queries, ChainMetrics metrics, ISpendingLimits limits, TimeProvider time, ILogger<SpendingBudget> log)
    {
        (_state, _outbox, _queries, _metrics, _time, _log) = (state, outbox, queries, metrics, time, log);
        (_limits, _denom) = (limits, fees.Denom);
    }

    /// <summary>Counts a fee that was paid.</summary>
    public void Paid(Coin fee)
    {
        if (fee.Denom != _denom || fee.Amount <= 0) return;
        lock (_gate) _spent.Enqueue((_time.GetUtcNow(), fee.Amount));
    }

    /// <inheritdoc/>
    public Coin FeesWithin(TimeSpan stretch)
    {
        var now = _time.GetUtcNow();
        lock (_gate)
        {
            while (_spent.TryPeek(out var oldest) && now - oldest.At > Day) _spent.Dequeue();
            return new(_spent.Where(entry => now - entry.At <= stretch).Sum(entry => entry.Amount), _denom);
        }
    }

    /// <summary>Null when the bids of a batch may go; else why they may not.</summary>
    /// <param name="batch">What is about to be sent.</param>
    /// <param name="fee">What sending it costs; zero before that is known.</param>
    /// <param name="ct">Stops asking.</param>
    /// <exception cref="OutboxException">What was spent before cannot be read.</exception>
    /// <exception cref="MarketUnavailableException">The deposits cannot be asked for.</exception>
    public async Task<string?> FindExcessAsync(IReadOnlyList<PendingAction> batch, long fee, CancellationToken ct)
    {
        var bids = batch.Select(pending => pending.Action).OfType<MarketAction.PlaceBid>().ToArray();
        if (bids.Length == 0) return null;
        await LoadAsync(ct);
        var reason = FeesExcess(fee) ?? await DepositsExcessAsync(bids, ct);
        if (reason is not null && !_isPaused) Log.Paused(_log, reason);
        if (reason is null && _isPaused) Log.Resumed(_log);
        _isPaused = reason is not null;
        _metrics.BudgetPaused(_isPaused);
        return reason;
    }

    private string? FeesExcess(long fee)
    {
        var limits = _limits.Current;
        var underWay = _state.InFlight.Sum(transaction => transaction.Fee.Denom == _denom ? transaction.Fee.Amount : 0) + fee;
        return OtherCoin("fees_per_hour", limits.FeesPerHour) ?? OtherCoin("fees_per_day", limits.FeesPerDay)
            ?? Excess("fees_per_hour", limits.FeesPerHour, FeesWithin(Hour).Amount + underWay, "within an hour")
            ?? Excess("fees_per_day", limits.FeesPerDay, FeesWithin(Day).Amount + underWay, "within a day");
    }

    // A limit that can never be reached would be none, and nobody would know.
    private string? OtherCoin(string option, Coin? limit) =>
        limit is { } most && most.Denom != _denom ? $"bidding.budget.{option} is in {most.Denom}, but fees are paid in {_denom} (chain.gas.price): give the limit in that coin" : null;

    private async Task<string?> DepositsExcessAsync(IReadOnlyList<MarketAction.PlaceBid> bids, CancellationToken ct)
    {
        if (_limits.Current.Deposits is not { } limit) return null;
        var locked = await _queries.SumOwnDepositsAsync(limit.Denom, ct);
        var coming = bids.Concat(_state.InFlight.SelectMany(transaction => transaction.Actions).Select(pending => pending.Action).OfType<MarketAction.PlaceBid>())
            .Where(bid => bid.Deposit.Denom == limit.Denom)
            .Sum(bid => bid.Deposit.Amount);
        return Excess("deposits", limit, locked + coming, "locked in bids and leases");
    }

    // At the limit nothing is left; only what goes beyond it is refused.
    private static string? Excess(string option, Coin? limit, long amount, string what) =>
        limit is { } most && amount > most.Amount
            ? $"{new Coin(amount, most.Denom)} {what} would be more than bidding.budget.{option} allows ({most}); no bid is placed until that changes"
            : null;

    /// <summary>Reads what earlier runs have spent, once. Until then only this run's fees are known.</summary>
    /// <exception cref="OutboxException">It cannot be read.</exception>
    public async Task LoadAsync(CancellationToken ct)
    {
        if (_isLoaded) return;
        IReadOnlyList<OutboxSpending> spent;
        try
        {
            spent = await _outbox.ListSpentSinceAsync(_time.GetUtcNow() - Day, ct);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            throw new OutboxException($"the fees of the last day cannot be read: {e.Message}", e);
        }

        lock (_gate)
        {
            // What this run has paid is among them already.
            _spent.Clear();
            foreach (var entry in spent.OrderBy(entry => entry.At))
            {
                var fee = TransactionFee.Read(entry.Bytes, _denom);
                if (fee.Denom == _denom && fee.Amount > 0) _spent.Enqueue((entry.At, fee.Amount));
            }
        }

        _isLoaded = true;
    }

    private static partial class Log
    {
        [LoggerMessage(1058, LogLevel.Error, "Bidding is paused: {Cause}", EventName = "BudgetSpent")]
        public static partial void Paused(ILogger logger, string cause);

        [LoggerMessage(1059, LogLevel.Information, "Bidding goes on: fees and deposits are within the budget again", EventName = "BudgetFree")]
        public static partial void Resumed(ILogger logger);
    }
}
