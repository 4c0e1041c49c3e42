using Microsoft.Extensions.Diagnostics.HealthChecks;
using ProviderAgent.Ledger;
using ProviderAgent.Marketplace;
using ProviderAgent.Metering;

namespace ProviderAgent.Hosting;

/// <summary>Hands the market's events to the rooms, in order, and remembers how far it came. No event is lost over a restart.</summary>
internal sealed partial class MarketEventPump(IMarketplace market, LedgerDatabase ledger, IEnumerable<IMarketEventHandler> handlers, TimeProvider time, ILogger<MarketEventPump> log)
    : BackgroundService, IHealthCheck
{
    /// <summary>Name of the position in the ledger.</summary>
    public const string CursorName = "market-events";

    private static readonly TimeSpan RetryPause = TimeSpan.FromSeconds(1);

    // A handler may ask the market, and an endpoint may take its whole deadline, several times.
    private static readonly TimeSpan HandlingAllowance = TimeSpan.FromMinutes(5);

    private readonly IReadOnlyList<IMarketEventHandler> _handlers = [.. handlers];
    private long _handlingSince; // 0 while it waits for the market

    /// <inheritdoc/>
    /// <remarks>Waiting for the market is healthy: only a batch that does not come to its end is not.</remarks>
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var since = Volatile.Read(ref _handlingSince);
        return Task.FromResult(since == 0 || time.GetElapsedTime(since) < HandlingAllowance
            ? HealthCheckResult.Healthy()
            : HealthCheckResult.Unhealthy($"a batch of market events has been handled for {time.GetElapsedTime(since).TotalSeconds:0} s"));
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var isBound = false;
        var position = await ledger.Cursors.FindAsync(CursorName, stoppingToken);
        await foreach (var batch in market.FollowAsync(position, stoppingToken))
        {
            if (!isBound)
            {
                // The market may have been away at start: whose ledger this is must be certain before anything is written for it.
                await ledger.BindAsync(market.Health.Network, market.Account, stoppingToken);
                isBound = true;
            }

            Volatile.Write(ref _handlingSince, time.GetTimestamp());
            foreach (var handler in _handlers) await HandleAsync(handler, batch, stoppingToken);
            Volatile.Write(ref _handlingSince, 0);
            await SaveAsync(batch.Position, stoppingToken);
        }
    }

    private async Task HandleAsync(IMarketEventHandler handler, MarketEventBatch batch, CancellationToken ct)
    {
        while (true)
        {
            try
            {
                await handler.HandleAsync(batch, ct);
                return;
            }
            catch (Exception error) when (error is MarketUnavailableException { IsTransient: true } or LedgerUnavailableException or MeteringUnavailableException)
            {
                Log.Again(log, handler.GetType().Name, batch.Tick, error);
                Volatile.Write(ref _handlingSince, time.GetTimestamp()); // not stuck: waiting for somebody else
                await Task.Delay(RetryPause, time, ct);
            }
        }
    }

    private async Task SaveAsync(MarketPosition position, CancellationToken ct)
    {
        try
        {
            await ledger.Cursors.SetAsync(CursorName, position, ct);
        }
        catch (LedgerUnavailableException error)
        {
            // Handlers take a batch twice without harm, so an older position only costs time at the next start.
            Log.NotSaved(log, error);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(9010, LogLevel.Warning, "{Handler} could not take the events of tick {Tick}; they are handed over again", EventName = "Again")]
        public static partial void Again(ILogger logger, string handler, MarketTick tick, Exception error);

        [LoggerMessage(9011, LogLevel.Warning, "The position in the market's events could not be saved; after a restart some are handled again", EventName = "NotSaved")]
        public static partial void NotSaved(ILogger logger, Exception error);
    }
}
