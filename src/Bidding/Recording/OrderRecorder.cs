using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Bidding;

/// <summary>Hands seen orders and their winners to the log, beside the bidding: a slow disk delays no bid.</summary>
/// <remarks>Bounded; what does not fit, or is lost in a crash, is missing from a replay and nowhere else.</remarks>
internal sealed partial class OrderRecorder(
    IEnumerable<IOrderLog> logs, IOptionsMonitor<BiddingOptions> options, BiddingMetrics metrics, TimeProvider time, ILogger<OrderRecorder> log) : BackgroundService
{
    private const int Capacity = 8192;
    private const int Batch = 256;

    // The file has one writer, and a bid must not wait for it behind this: the orders of a block are kept together once they are dealt with.
    private static readonly TimeSpan Gathering = TimeSpan.FromMilliseconds(500);

    private readonly IOrderLog? _log = logs.LastOrDefault();
    private readonly Channel<Func<IOrderLog, CancellationToken, Task>> _queue =
        Channel.CreateBounded<Func<IOrderLog, CancellationToken, Task>>(new BoundedChannelOptions(Capacity) { FullMode = BoundedChannelFullMode.Wait, SingleReader = true });

    private bool _wasBroken;

    /// <summary>Keeps an order that was just judged.</summary>
    public void Seen(OrderFacts order, Decimal18? akt)
    {
        if (_log is null || !options.CurrentValue.Record || order.Group.Units.Count == 0) return;
        var record = new RecordedOrder(order.Id, time.GetUtcNow(), order.Group, order.MinReclaimWindow, akt);
        Enqueue((to, ct) => to.RecordAsync(record, ct));
    }

    /// <summary>Notes to whom an order went.</summary>
    public void Leased(LeaseId lease, Rate price)
    {
        if (_log is null || !options.CurrentValue.Record) return;
        Enqueue((to, ct) => to.NoteLeaseAsync(lease.Order, lease.Provider, price, ct));
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (_log is null) return;
        try
        {
            while (await _queue.Reader.WaitToReadAsync(stoppingToken))
            {
                await Task.Delay(Gathering, time, stoppingToken);
                await WriteQueuedAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            await WriteQueuedAsync(CancellationToken.None); // what was gathered just now; the storage has a limit of its own
        }
    }

    private async Task WriteQueuedAsync(CancellationToken ct)
    {
        var batch = new List<Task>(Batch);
        while (_queue.Reader.TryRead(out var next))
        {
            batch.Add(WriteAsync(next, ct)); // side by side, so that one commit serves many
            if (batch.Count == Batch) await FinishAsync(batch);
        }

        await FinishAsync(batch);
    }

    private static async Task FinishAsync(List<Task> batch)
    {
        await Task.WhenAll(batch);
        batch.Clear();
    }

    private async Task WriteAsync(Func<IOrderLog, CancellationToken, Task> write, CancellationToken ct)
    {
        try
        {
            await write(_log!, ct);
            _wasBroken = false;
        }
        catch (BidStoreUnavailableException error)
        {
            metrics.NotRecorded();
            if (!_wasBroken) Log.NotRecorded(log, error);
            _wasBroken = true;
        }
    }

    private void Enqueue(Func<IOrderLog, CancellationToken, Task> write)
    {
        if (!_queue.Writer.TryWrite(write)) metrics.NotRecorded();
    }

    private static partial class Log
    {
        [LoggerMessage(3092, LogLevel.Warning, "Seen orders cannot be kept for replay now; bidding goes on", EventName = "OrderNotRecorded")]
        public static partial void NotRecorded(ILogger logger, Exception error);
    }
}
