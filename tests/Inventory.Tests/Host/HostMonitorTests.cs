using Microsoft.Extensions.Logging.Abstractions;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Inventory.Tests.Host;

public sealed class HostMonitorTests : IDisposable
{
    private readonly FakeHost _host = new();
    private readonly MeterProbe _meters = new();
    private readonly InventoryMetrics _metrics;
    private readonly ReservationBook _book;
    private readonly LogProbe<HostMonitor> _log = new();

    public HostMonitorTests()
    {
        _metrics = new(_meters);
        _book = new(_host.Time, _metrics, NullLogger<ReservationBook>.Instance, () => null);
    }

    public void Dispose()
    {
        _metrics.Dispose();
        _meters.Dispose();
        _host.Dispose();
    }

    [Fact]
    public async Task Start_GoodHost_IsForSaleBeforeAnybodyAsks()
    {
        using var sut = CreateSut(_host.CreateSut());

        await sut.StartAsync(default);

        Assert.Null(_book.Snapshot.Problem);
        Assert.Equal(3750, _book.Snapshot[ResourceKind.Cpu].Total);
        await sut.StopAsync(default);
    }

    [Fact]
    public async Task Timer_MoreMemoryAppears_IsForSaleWithoutRestart()
    {
        using var sut = CreateSut(_host.CreateSut());
        await sut.StartAsync(default);
        _host.Write("/proc/meminfo", "MemTotal:       33554432 kB\n");

        await TickUntilAsync("the new memory to be seen", () => _book.Snapshot.Host?.Memory == new ByteSize(32 * ByteSize.GiB));

        Assert.Equal(2, _log.Count("HostMeasured"));
        await sut.StopAsync(default);
    }

    [Fact]
    public async Task Timer_GarbageForAWhile_SellsNothingAndKeepsWhatIsPromised()
    {
        using var sut = CreateSut(_host.CreateSut());
        await sut.StartAsync(default);
        _book.EnsureAssigned(Groups.Order(1), Groups.Small());
        _host.Write("/proc/meminfo", "garbage");

        await TickUntilAsync("the problem to be seen", () => _book.Snapshot.Problem is not null);

        var refused = Assert.IsType<ReserveOutcome.Refused>(_book.TryReserve(Groups.Order(2), Groups.Small(), TimeSpan.FromMinutes(1)));
        Assert.Equal(ResourceKind.Host, refused.Refusal.Resource);
        Assert.Single(_book.Snapshot.Reservations);
        Assert.Equal(3750, _book.Snapshot[ResourceKind.Cpu].Total);

        _host.Write("/proc/meminfo", "MemTotal:       16777216 kB\n");
        await TickUntilAsync("selling to go on", () => _book.Snapshot.Problem is null);
        Assert.Equal(1, _log.Count("HostUnmeasured"));
        Assert.True(_log.Has("HostAnswersAgain"));
        Assert.True(_meters.Sum("provider_inventory_probe_failures_total") >= 1);
        await sut.StopAsync(default);
    }

    [Fact]
    public async Task Look_FileSystemHangs_IsReportedAndNotAskedTwice()
    {
        using var answer = new ManualResetEventSlim();
        var probe = new HangingProbe(answer, _host.CreateSut());
        using var sut = CreateSut(probe);

        for (var round = 0; round < 3; round++)
        {
            var look = sut.LookAsync(default);
            await Eventually.BecomesTrueAsync("the probe to be asked", () => probe.Calls > 0);
            await Eventually.BecomesTrueAsync("the deadline to be armed", () => _host.Time.TimerCount > 0);
            _host.Time.Advance(TimeSpan.FromSeconds(11));
            await look;
            Assert.Contains("did not answer", _book.Snapshot.Problem, StringComparison.Ordinal);
        }

        Assert.Equal(1, probe.Calls);
        answer.Set();
        await sut.LookAsync(default);
        Assert.Null(_book.Snapshot.Problem);
    }

    [Fact]
    public async Task Timer_LapsedReservation_IsForSaleAgain()
    {
        using var sut = CreateSut(_host.CreateSut());
        await sut.StartAsync(default);
        _book.TryReserve(Groups.Order(1), Groups.Small(), TimeSpan.FromSeconds(45));

        await TickUntilAsync("the reservation to lapse", () => _book.Snapshot.Reservations.IsEmpty);

        Assert.Equal(0, _book.Snapshot[ResourceKind.Cpu].Used);
        await sut.StopAsync(default);
    }

    private HostMonitor CreateSut(IHostProbe probe) => new(probe, _book, _metrics, _host.Options, _host.Time, _log);

    private Task TickUntilAsync(string what, Func<bool> done) => Eventually.BecomesTrueAsync(what, () =>
    {
        if (done()) return true;
        // A second timer is the deadline of a look under way: on a busy machine the clock would run past it.
        if (_host.Time.TimerCount == 1) _host.Time.Advance(_host.Options.CurrentValue.ProbeInterval);
        return false;
    });

    private sealed class HangingProbe(ManualResetEventSlim answer, IHostProbe inner) : IHostProbe
    {
        private int _calls;

        public int Calls => _calls;

        public HostResources Measure()
        {
            Interlocked.Increment(ref _calls);
            answer.Wait();
            return inner.Measure();
        }
    }
}
