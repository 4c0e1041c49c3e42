using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Inventory;

/// <summary>Keeps storage equal to what is decided about GPUs, and tests the ones that wait for it. Level-triggered: each turn looks at everything.</summary>
internal sealed partial class GpuKeeper(
    GpuTracker tracker, ReservationBook book, IGpuStore store, SelfTestRunner runner, IOptionsMonitor<InventoryOptions> options, TimeProvider time, ILogger<GpuKeeper> log)
    : BackgroundService, IGpuDesk
{
    private static readonly TimeSpan Turn = TimeSpan.FromSeconds(5);

    private readonly Channel<byte> _wake = Channel.CreateBounded<byte>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly SemaphoreSlim _storing = new(1, 1);
    private Dictionary<OrderId, ValueList<GpuPick>> _stored = [];
    private bool _failed;

    public string DriverVersion => tracker.DriverVersion;

    /// <summary>Reads what an earlier life decided, before anybody is given a device.</summary>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        tracker.Changed = () => _wake.Writer.TryWrite(0);
        var picks = await store.ListPicksAsync(cancellationToken);
        _stored = new(picks);
        book.RememberGpus(picks);
        tracker.Remember(await store.ListQuarantinesAsync(cancellationToken));
        await base.StartAsync(cancellationToken);
    }

    public async Task<SelfTestReport> TestAsync(string uuid, SelfTestLevel level, CancellationToken ct)
    {
        if (tracker.ClaimForTest(uuid) is { } refusal) throw new GpuRefusedException(refusal);
        return await TestClaimedAsync(uuid, level, ct);
    }

    public async Task QuarantineAsync(string uuid, string reason, CancellationToken ct)
    {
        if (!tracker.Quarantine(uuid, reason)) throw new GpuRefusedException($"no GPU {uuid} was ever seen here; 'provider-agent inventory' lists them");
        await StoreAsync(ct);
    }

    public async Task RestoreAsync(string uuid, CancellationToken ct)
    {
        await _storing.WaitAsync(ct);
        try
        {
            // Forgotten on disk first: killed in between, it is quarantined in memory only and the operator asks again.
            await store.RestoreAsync(uuid, ct);
            if (!tracker.Restore(uuid)) throw new GpuRefusedException($"nothing is held against GPU {uuid}; 'provider-agent inventory' shows why it is not for sale");
        }
        finally
        {
            _storing.Release();
        }
    }

    public async Task<ValueList<GpuPick>> DurablePicksAsync(OrderId order, CancellationToken ct)
    {
        await StoreAsync(ct);
        return book.Snapshot.Reservations.TryGetValue(order, out var reservation) ? reservation.Allocation.Gpus : [];
    }

    public override void Dispose()
    {
        _storing.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Turn, time);
        var feed = FeedAsync(timer, stoppingToken);
        try
        {
            await foreach (var _ in _wake.Reader.ReadAllAsync(stoppingToken)) await TurnAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }

        await feed;
    }

    /// <summary>One look at everything.</summary>
    internal async Task TurnAsync(CancellationToken ct)
    {
        tracker.Refresh();
        try
        {
            await StoreAsync(ct);
            if (_failed) Log.StoredAgain(log);
            _failed = false;
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            if (!_failed) Log.NotStored(log, error);
            _failed = true;
        }

        while (tracker.NextToTest() is { } uuid) await TestClaimedAsync(uuid, options.CurrentValue.Gpu.SelfTest, ct);
    }

    private async Task FeedAsync(PeriodicTimer timer, CancellationToken ct)
    {
        try
        {
            do _wake.Writer.TryWrite(0);
            while (await timer.WaitForNextTickAsync(ct));
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
        }
    }

    private async Task<SelfTestReport> TestClaimedAsync(string uuid, SelfTestLevel level, CancellationToken ct)
    {
        var report = new SelfTestReport(uuid, SelfTestOutcome.Impossible, "it was broken off", 0, 0, []);
        try
        {
            report = await runner.RunAsync(uuid, level, ct);
            return report;
        }
        finally
        {
            tracker.Tested(report);
        }
    }

    private async Task StoreAsync(CancellationToken ct)
    {
        await _storing.WaitAsync(ct);
        try
        {
            foreach (var quarantine in tracker.Unsaved())
            {
                await store.QuarantineAsync(quarantine, ct);
                tracker.Saved(quarantine);
            }

            var allBooked = book.IsComplete; // before the books are read: what is not in them then has no claim
            var now = book.Snapshot.Reservations;
            foreach (var (order, reservation) in now)
            {
                var picks = reservation.Allocation.Gpus;
                if (picks.Count == 0 || (_stored.TryGetValue(order, out var known) && known == picks)) continue;
                await store.PutPicksAsync(order, picks, ct);
                _stored[order] = picks;
            }

            // An order that is not booked yet after a start may still be.
            if (!allBooked) return;
            foreach (var order in _stored.Keys.Where(order => !now.ContainsKey(order)).ToArray())
            {
                await store.RemovePicksAsync(order, ct);
                _stored.Remove(order);
            }
        }
        finally
        {
            _storing.Release();
        }
    }

    private static partial class Log
    {
        [LoggerMessage(2040, LogLevel.Error, "What was decided about GPUs cannot be stored; it is tried again, and holds meanwhile", EventName = "NotStored")]
        public static partial void NotStored(ILogger logger, Exception error);

        [LoggerMessage(2041, LogLevel.Information, "What was decided about GPUs is stored again", EventName = "StoredAgain")]
        public static partial void StoredAgain(ILogger logger);
    }
}
