using System.Threading.Channels;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using ProviderAgent.Chain.Endpoints;
using ProviderAgent.Chain.Following;
using ProviderAgent.Chain.Keys;
using ProviderAgent.Chain.Queries;
using ProviderAgent.Chain.Rpc;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Chain.Sending;

/// <summary>The one sender of this key: takes actions, sends them in batches, and finds out what became of them.</summary>
/// <remarks>
/// One worker does everything in turn, so there is no second opinion on what the next sequence is. A transaction is written down
/// before it is sent, and only blocks and the account's sequence decide about it afterwards; sending the same bytes again is always safe.
/// </remarks>
internal sealed partial class TxSender : BackgroundService, IHealthCheck
{
    private const int QueueLength = 1_000;
    private const int MaxWaiting = 500;

    // A transaction in a healthy pool is in one of the next blocks; after so many without it, it is sent again.
    private const long ResendAfterBlocks = 3;

    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    private readonly Channel<PendingAction> _queue = Channel.CreateBounded<PendingAction>(
        new BoundedChannelOptions(QueueLength) { FullMode = BoundedChannelFullMode.Wait, SingleReader = true });

    private readonly TaskCompletionSource _settled = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly SenderState _state;
    private readonly SigningAccount _account;
    private readonly BatchSender _batches;
    private readonly OutcomeSettler _settler;
    private readonly InclusionProver _prover;
    private readonly OutboxReader _outbox;
    private readonly EndpointPool _pool;
    private readonly HeadWatcher _heads;
    private readonly Capabilities _capabilities;
    private readonly ISigner _signer;
    private readonly ChainOptions _options;
    private readonly Backoff _backoff;
    private readonly ILogger<TxSender> _log;
    private long _lookedAt = -1;

    public TxSender(
        SenderState state, SigningAccount account, BatchSender batches, OutcomeSettler settler, InclusionProver prover, OutboxReader outbox, EndpointPool pool,
        HeadWatcher heads, Capabilities capabilities, ISigner signer, IOptions<ChainOptions> options, IJitter jitter, TimeProvider time, ILogger<TxSender> log)
    {
        (_state, _account, _batches, _settler, _prover, _outbox) = (state, account, batches, settler, prover, outbox);
        (_pool, _heads, _capabilities, _signer, _options, _log) = (pool, heads, capabilities, signer, options.Value, log);
        _backoff = new(time, jitter, LongestPause);
    }

    /// <inheritdoc cref="IMarketActions.SubmitAsync"/>
    /// <exception cref="ArgumentException">The action is not this account's to do, or its price or reason cannot be expressed.</exception>
    public async Task<ActionOutcome> SubmitAsync(MarketAction action, CancellationToken ct)
    {
        var needsReclamation = action is MarketAction.PlaceBid { ReclaimWindow: not null } or MarketAction.StartReclaim;
        var hasReclamation = needsReclamation && await _capabilities.HasReclamationAsync(ct);
        if (action is MarketAction.StartReclaim && !hasReclamation)
        {
            return new ActionOutcome.Refused(MarketRefusal.Other, "this version of the chain has no reclamation", new(0, _batches.FeeDenom));
        }

        var pending = new PendingAction(action, ActionEncoder.Encode(action, _signer.Address, hasReclamation));
        await _queue.Writer.WriteAsync(pending, ct);
        return await pending.Outcome.WaitAsync(ct);
    }

    /// <inheritdoc cref="IMarketActions.SettleAsync"/>
    public Task SettleAsync(CancellationToken ct) => _settled.Task.WaitAsync(ct);

    /// <inheritdoc/>
    /// <remarks>Waiting for a block, or for an endpoint that does not answer, is healthy: each call has its deadline, after which the worker comes round.</remarks>
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) => Task.FromResult(_state.Watch.Stuck is { } age
        ? HealthCheckResult.Unhealthy($"the sender of transactions has not come round for {age.TotalSeconds:0} s")
        : HealthCheckResult.Healthy());

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var isLoaded = false;
        try
        {
            while (!stoppingToken.IsCancellationRequested)
            {
                try
                {
                    _state.Watch.Working();
                    if (!isLoaded)
                    {
                        await _batches.LoadSpendingAsync(stoppingToken);
                        _state.InFlight.AddRange(await _outbox.ReadAsync(stoppingToken));
                    }

                    isLoaded = true;
                    if (await StepAsync(stoppingToken)) _backoff.Reset();
                    else await WaitAsync(stoppingToken);
                }
                catch (Exception e) when (e is EndpointException or MarketUnavailableException or OutboxException or KeyException)
                {
                    await PauseAsync(e, stoppingToken);
                }
            }
        }
        finally
        {
            // Whoever waits is stopping too. What was sent is found again by the next run.
            _queue.Writer.TryComplete();
            Drain(int.MaxValue);
            foreach (var pending in _state.Waiting.Concat(_state.InFlight.SelectMany(transaction => transaction.Actions))) pending.Cancel();
            _settled.TrySetCanceled(CancellationToken.None);
        }
    }

    /// <summary>Does what can be done now; false when only time or a new action can bring the next step.</summary>
    private async Task<bool> StepAsync(CancellationToken ct)
    {
        Drain(MaxWaiting);
        if (_state.Unrecorded.Count > 0) await _settler.RecordLeftOversAsync(ct);
        if (_state.InFlight.Count > 0 && IsTimeToLook())
        {
            if (await LookAsync(ct)) return true;
        }

        if (_state.InFlight.Any(transaction => transaction.IsOfEarlierRun)) return false;
        if (_settled.TrySetResult()) Log.Settled(_log);
        if (!CanSend()) return false;
        var batch = BatchPicker.Take(_state.Waiting, _state.Settling, _options.MaxBatch);
        if (batch.Count == 0) return false;
        await _batches.SendAsync(batch, ct);
        return true;
    }

    /// <summary>Finds out about transactions under way, and sends those again that may have got lost. True when something was found out.</summary>
    private async Task<bool> LookAsync(CancellationToken ct)
    {
        var head = _heads.Head?.Height ?? 0;
        var proofs = await _prover.LookAsync(_state.InFlight, ct);
        foreach (var proof in proofs) await _settler.SettleAsync(proof, ct);
        _lookedAt = head;
        if (proofs.Count > 0) return true;

        var endpoint = _batches.Endpoint;
        foreach (var transaction in _state.InFlight.OrderBy(transaction => transaction.Sequence).ToList())
        {
            if (transaction.IsAccepted && head < transaction.SentAt + ResendAfterBlocks) continue;
            if (head >= transaction.TimeoutHeight) continue; // too late for any block
            var verdict = await Broadcaster.SendAsync(_pool, endpoint, transaction.Bytes, ct);
            Log.SentAgain(_log, transaction.Hash.Hex, verdict);
            transaction.IsAccepted = verdict is BroadcastVerdict.Accepted;
            transaction.SentAt = head;
            if (!transaction.IsAccepted && !transaction.IsUnordered) break; // those after it need it
        }

        return false;
    }

    private bool IsTimeToLook() => (_heads.Head?.Height ?? 0) != _lookedAt || _state.InFlight.Any(transaction => !transaction.IsAccepted);

    private bool CanSend() =>
        _state.Waiting.Count > 0
        && _state.InFlight.Count < _options.MaxInFlight
        && _state.InFlight.All(transaction => transaction.IsAccepted)
        && (_account.IsInSync || _state.InFlight.Count == 0);

    private void Drain(int limit)
    {
        while (_state.Waiting.Count < limit && _queue.Reader.TryRead(out var pending)) _state.Waiting.Add(pending);
    }

    private async Task WaitAsync(CancellationToken ct)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var wakes = new List<Task>();
        if (_state.Waiting.Count < MaxWaiting) wakes.Add(_queue.Reader.WaitToReadAsync(stop.Token).AsTask());
        if (_state.InFlight.Count > 0) wakes.Add(_heads.WaitForAsync(Math.Max(_lookedAt, 0) + 1, stop.Token));
        if (_state.InFlight.Any(transaction => !transaction.IsAccepted) || _state.Unrecorded.Count > 0 || wakes.Count == 0) wakes.Add(_backoff.WaitAsync(stop.Token));
        _state.Watch.Idle();
        await Task.WhenAny(wakes);
        _state.Watch.Working();
        await stop.CancelAsync();
        foreach (var wake in wakes) await wake.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        ct.ThrowIfCancellationRequested();
    }

    private async Task PauseAsync(Exception cause, CancellationToken ct)
    {
        _state.Watch.Working();
        if (cause is OutboxException or KeyException) Log.CannotSend(_log, cause, cause.Message);
        else Log.ChainAway(_log, cause.Message);
        await _backoff.WaitAsync(ct);
        try
        {
            if (cause is EndpointException or MarketUnavailableException) await _pool.CheckAnyAsync(ct);
        }
        catch (EndpointException)
        {
            // Nobody answers yet; the next step finds out again.
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1052, LogLevel.Information, "No transaction of an earlier run is left whose outcome is unknown; new ones are sent from now on", EventName = "OutboxSettled")]
        public static partial void Settled(ILogger logger);

        [LoggerMessage(1053, LogLevel.Debug, "Sent transaction {Hash} again, unchanged: {Verdict}", EventName = "TransactionSentAgain")]
        public static partial void SentAgain(ILogger logger, string hash, BroadcastVerdict verdict);

        [LoggerMessage(1054, LogLevel.Warning, "The chain cannot be used for sending now; everything waits: {Cause}", EventName = "SendingWaits")]
        public static partial void ChainAway(ILogger logger, string cause);

        [LoggerMessage(1055, LogLevel.Error, "Nothing can be sent: {Cause}", EventName = "SendingBlocked")]
        public static partial void CannotSend(ILogger logger, Exception error, string cause);
    }
}
