using System.Diagnostics.Metrics;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace ProviderAgent.Metering;

/// <summary>Watches what is left for fees and deposits, raises the alarm when it runs low, and turns earnings into fee coin where that is wanted.</summary>
/// <remarks>
/// Each look reads balances and conversions under way anew, and the market settles what an earlier run sent before anything new goes: so
/// a crash anywhere converts nothing twice.
/// </remarks>
public sealed partial class FeeFloat : BackgroundService
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(10);

    private readonly SemaphoreSlim _gate = new(1);
    private readonly IMarketplace _market;
    private readonly IMarketConversions _conversions;
    private readonly IOptionsMonitor<TreasuryOptions> _options;
    private readonly TimeProvider _time;
    private readonly ILogger<FeeFloat> _log;
    private FeeFloatSnapshot _snapshot = FeeFloatSnapshot.None;

    internal FeeFloat(
        IMarketplace market, IMarketConversions conversions, IOptionsMonitor<TreasuryOptions> options, TimeProvider time, MeteringMetrics metrics, ILogger<FeeFloat> log)
    {
        (_market, _conversions, _options, _time, _log) = (market, conversions, options, time, log);
        metrics.ObserveFeeFloat(
            () => Snapshot is { At: not null } known ? [Measurement(known.Balance), Measurement(known.Earned)] : [],
            () => Snapshot.Alarm is null ? 0 : 1);
    }

    /// <summary>As of the last look. Never blocks.</summary>
    public FeeFloatSnapshot Snapshot => Volatile.Read(ref _snapshot);

    /// <summary>Turns earnings into fee coin now, because somebody asks for it.</summary>
    /// <param name="amount">How much; null for all that there is.</param>
    /// <param name="ct">Stops waiting, not the conversion.</param>
    /// <returns>What became of it, and what it will bring at the present price.</returns>
    /// <exception cref="MarketUnavailableException">The market cannot be asked.</exception>
    public async Task<ConversionResult> ConvertAsync(long? amount, CancellationToken ct)
    {
        await _gate.WaitAsync(ct).ConfigureAwait(false);
        try
        {
            await _market.SettleAsync(ct).ConfigureAwait(false);
            var terms = await _conversions.GetTermsAsync(ct).ConfigureAwait(false);
            var earned = await _market.GetBalanceAsync(_market.Account, terms.From, ct).ConfigureAwait(false);
            var burned = new Coin(amount ?? earned.Amount, terms.From);
            var estimate = terms.Estimate(burned.Amount);
            var why = terms.Halted
                ?? (burned.Amount <= 0 ? "there are no earnings to convert" : null)
                ?? (burned.Amount > earned.Amount ? $"the account has only {earned}; withdraw first" : null)
                ?? (estimate.Amount <= 0 || estimate.Amount < terms.Minimum.Amount ? $"{burned} would become {estimate}, which is less than the least conversion of {terms.Minimum}" : null);
            return why is not null ? new(burned, estimate, terms.EpochTicks, null, why) : await SubmitAsync(burned, estimate, terms, ct).ConfigureAwait(false);
        }
        finally
        {
            _gate.Release();
        }
    }

    public override void Dispose()
    {
        base.Dispose();
        _gate.Dispose();
    }

    /// <summary>One look.</summary>
    /// <exception cref="MarketUnavailableException">The market cannot be asked; nothing was decided.</exception>
    internal async Task LookAsync(CancellationToken ct)
    {
        await _gate.WaitAsync(ct).ConfigureAwait(false);
        try
        {
            await _market.SettleAsync(ct).ConfigureAwait(false);
            var options = _options.CurrentValue;
            var (terms, problem) = await FindTermsAsync(ct).ConfigureAwait(false);
            var pending = terms is null ? [] : await _conversions.ListPendingAsync(ct).ConfigureAwait(false);
            var fee = options.KeepAkt.Denom;
            var balance = await _market.GetBalanceAsync(_market.Account, fee, ct).ConfigureAwait(false);
            var earned = await _market.GetBalanceAsync(_market.Account, terms?.From ?? options.Withdraw.Minimum.Denom, ct).ConfigureAwait(false);
            var coming = pending.Where(one => one.To == fee).Sum(one => terms?.Estimate(one.Burned.Amount).Amount ?? 0);
            var decision = FeeFloatRule.Decide(new(balance, earned, new(coming, fee), options.KeepAkt, terms), options.Convert);
            var alarm = decision.Alarm is { } text && problem is not null ? $"{text} ({problem})" : decision.Alarm;
            Publish(new(_time.GetUtcNow(), balance, earned, pending, alarm));
            if (decision.Convert is not { } burned || terms is null) return;
            var result = await SubmitAsync(burned, terms.Estimate(burned.Amount), terms, ct).ConfigureAwait(false);
            if (result.Refusal is { } refusal) Publish(Snapshot with { Alarm = $"{alarm}; that was refused: {refusal}" });
        }
        finally
        {
            _gate.Release();
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var isAway = false;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await LookAsync(stoppingToken).ConfigureAwait(false);
                isAway = false;
            }
            catch (MarketUnavailableException error)
            {
                if (!isAway) Log.Away(_log, error.Message);
                isAway = true;
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }

            var pause = _options.CurrentValue.CheckInterval;
            await Task.Delay(pause < LongestPause ? pause : LongestPause, _time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>The alarm has to come even where nothing can be converted.</summary>
    private async Task<(ConversionTerms? Terms, string? Problem)> FindTermsAsync(CancellationToken ct)
    {
        try
        {
            return (await _conversions.GetTermsAsync(ct).ConfigureAwait(false), null);
        }
        catch (MarketUnavailableException error)
        {
            return (null, error.Message);
        }
    }

    private async Task<ConversionResult> SubmitAsync(Coin burned, Coin estimate, ConversionTerms terms, CancellationToken ct)
    {
        var outcome = await _market.SubmitAsync(new MarketAction.Convert(burned), ct).ConfigureAwait(false);
        switch (outcome)
        {
            case ActionOutcome.Done done:
                Log.Converted(_log, burned, estimate, done.Transaction, terms.EpochTicks);
                return new(burned, estimate, terms.EpochTicks, done, null);
            case ActionOutcome.Refused refused:
                Log.Refused(_log, burned, refused.Reason, refused.Detail);
                return new(burned, estimate, terms.EpochTicks, null, $"{refused.Reason}: {refused.Detail}");
            default:
                throw new InvalidOperationException($"unknown outcome {outcome.GetType().Name}");
        }
    }

    private void Publish(FeeFloatSnapshot next)
    {
        if (next.Alarm is { } alarm && Snapshot.Alarm is null) Log.Low(_log, alarm);
        if (next.Alarm is null && Snapshot.Alarm is not null) Log.Enough(_log, next.Balance);
        Volatile.Write(ref _snapshot, next);
    }

    private static Measurement<long> Measurement(Coin coin) => new(coin.Amount, new KeyValuePair<string, object?>("denom", coin.Denom.Value));

    private static partial class Log
    {
        [LoggerMessage(5130, LogLevel.Error, "Fees: {Alarm}", EventName = "FeeFloatLow")]
        public static partial void Low(ILogger logger, string alarm);

        [LoggerMessage(5131, LogLevel.Information, "Fees: {Balance} are there again", EventName = "FeeFloatEnough")]
        public static partial void Enough(ILogger logger, Coin balance);

        [LoggerMessage(5132, LogLevel.Information, "{Burned} of earnings become about {Estimate} in transaction {Transaction}; the market carries that out within {Ticks} ticks", EventName = "EarningsConverted")]
        public static partial void Converted(ILogger logger, Coin burned, Coin estimate, string transaction, long ticks);

        [LoggerMessage(5133, LogLevel.Warning, "Converting {Burned} was refused ({Reason}): {Detail}", EventName = "ConversionRefused")]
        public static partial void Refused(ILogger logger, Coin burned, MarketRefusal reason, string detail);

        [LoggerMessage(5134, LogLevel.Warning, "What is left for fees cannot be read: {Cause}", EventName = "FeeFloatAway")]
        public static partial void Away(ILogger logger, string cause);
    }
}

/// <summary>What is left for fees.</summary>
/// <param name="At">When it was read; null before the first time.</param>
/// <param name="Balance">Fee coin on the account.</param>
/// <param name="Earned">Earnings on the account, not converted.</param>
/// <param name="Pending">Conversions under way.</param>
/// <param name="Alarm">Why somebody should look; null when all is well.</param>
public sealed record FeeFloatSnapshot(DateTimeOffset? At, Coin Balance, Coin Earned, IReadOnlyList<Conversion> Pending, string? Alarm)
{
    public static FeeFloatSnapshot None { get; } = new(null, default, default, [], null);
}

/// <summary>What became of a conversion that was asked for.</summary>
/// <param name="Burned">The earnings.</param>
/// <param name="Estimate">What they become at the present price.</param>
/// <param name="EpochTicks">Ticks within which the market carries it out.</param>
/// <param name="Done">The transaction; null when refused.</param>
/// <param name="Refusal">Why not; null when done.</param>
public sealed record ConversionResult(Coin Burned, Coin Estimate, long EpochTicks, ActionOutcome.Done? Done, string? Refusal);
