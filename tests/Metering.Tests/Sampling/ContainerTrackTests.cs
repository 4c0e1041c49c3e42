using FsCheck;
using FsCheck.Fluent;

namespace ProviderAgent.Metering.Tests;

public sealed class ContainerTrackTests
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    private static readonly MeteredContainer Container = RecordedHost.Container(Sample.Epoch);

    [Fact]
    public void Observe_NewContainer_CountsFromItsStartAndOwnsUpToTheGap()
    {
        var track = new ContainerTrack(Container, null);

        Observe(track, cpu: 700, memory: 50, at: 3.5, elapsed: null);

        var interval = track.Pending();
        Assert.Equal(
            new MeteredInterval(Container, Sample.Epoch, Sample.Epoch.AddSeconds(3.5), 700, 0, 10, 20, TimeSpan.Zero, TimeSpan.FromSeconds(3.5), new(700, 10, 20)), interval);
    }

    [Fact]
    public void Observe_TwoReadings_TakesMemoryAsATrapezoid()
    {
        var track = new ContainerTrack(Container, null);
        Observe(track, cpu: 0, memory: 100, at: 1, elapsed: null);
        track.Stored(track.Pending()!);

        Observe(track, cpu: 9, memory: 300, at: 11, elapsed: 10);

        var interval = track.Pending()!;
        Assert.Equal((9, 2_000, TimeSpan.FromSeconds(10), TimeSpan.Zero), (interval.CpuNanoseconds, interval.MemoryByteSeconds, interval.Measured, interval.Gap));
        Assert.Equal((Sample.Epoch.AddSeconds(1), Sample.Epoch.AddSeconds(11)), (interval.From, interval.To));
    }

    [Fact]
    public void Observe_AfterRestartOfTheDaemon_LosesNoCounterAndInventsNoMemory()
    {
        var track = new ContainerTrack(Container, new(Sample.Epoch.AddSeconds(60), new(1_000, 5, 6)));

        Observe(track, cpu: 8_000, memory: 100, at: 360, elapsed: null);

        var interval = track.Pending()!;
        Assert.Equal((7_000, 5, 14), (interval.CpuNanoseconds, interval.ReceivedBytes, interval.SentBytes));
        Assert.Equal((0, TimeSpan.Zero, TimeSpan.FromSeconds(300)), (interval.MemoryByteSeconds, interval.Measured, interval.Gap));
    }

    [Fact]
    public void Observe_ReadingMissed_RecordsAGapForMemoryOnly()
    {
        var track = new ContainerTrack(Container, null);
        Observe(track, cpu: 0, memory: 100, at: 0.001, elapsed: null);
        track.Stored(track.Pending()!);
        track.Miss();

        Observe(track, cpu: 50, memory: 100, at: 20.001, elapsed: 20);

        var interval = track.Pending()!;
        Assert.Equal((50, 0, TimeSpan.FromSeconds(20)), (interval.CpuNanoseconds, interval.MemoryByteSeconds, interval.Gap));
    }

    [Theory]
    [InlineData(3_600, 3_610, 10, 3_600)] // set forward, or suspended for an hour: the hour is a gap
    [InlineData(0, 10, 10, 0)]
    public void Observe_WallClockAhead_FollowsItAndNamesTheGap(double step, double shown, double measured, double gap)
    {
        var track = new ContainerTrack(Container, null);
        Observe(track, cpu: 0, memory: 100, at: 1, elapsed: null);
        track.Stored(track.Pending()!);

        Observe(track, cpu: 5, memory: 100, at: 11 + step, elapsed: 10);

        var interval = track.Pending()!;
        Assert.Equal(shown, (interval.To - interval.From).TotalSeconds);
        Assert.Equal((measured, gap, 1_000), (interval.Measured.TotalSeconds, interval.Gap.TotalSeconds, interval.MemoryByteSeconds));
    }

    [Fact]
    public void Observe_WallClockSetBack_GoesOnWithMonotonicTime()
    {
        var track = new ContainerTrack(Container, null);
        Observe(track, cpu: 0, memory: 100, at: 5_000, elapsed: null);
        track.Stored(track.Pending()!);

        for (var i = 1; i <= 3; i++)
        {
            Observe(track, cpu: i, memory: 100, at: 1_400 + 10 * i, elapsed: 10); // an hour back

            var interval = track.Pending()!;
            Assert.Equal(TimeSpan.FromSeconds(10), interval.To - interval.From);
            Assert.Equal((1, 1_000, TimeSpan.Zero), (interval.CpuNanoseconds, interval.MemoryByteSeconds, interval.Gap));
            track.Stored(interval);
        }
    }

    [Fact]
    public void Observe_CounterFalls_CountsNothingAndFollowsTheNewOne()
    {
        var track = new ContainerTrack(Container, null);
        Observe(track, cpu: 100, memory: 1, at: 1, elapsed: null, network: 1_000);
        Observe(track, cpu: 200, memory: 1, at: 2, elapsed: 1, network: 10); // the interface was replaced
        Observe(track, cpu: 300, memory: 1, at: 3, elapsed: 1, network: 15);

        var interval = track.Pending()!;
        Assert.Equal((300, 1_005), (interval.CpuNanoseconds, interval.ReceivedBytes));
        Assert.Equal(15, interval.AtEnd.ReceivedBytes);
    }

    [Fact]
    public void Observe_MoreCpuThanTheHostHas_IsLeftOut()
    {
        var track = new ContainerTrack(Container, null);
        Observe(track, cpu: 0, memory: 1, at: 1, elapsed: null);
        var impossible = new ContainerReading(60_000_000_000, 1, 1, 1, 0, 10, 20);

        Assert.False(track.TryObserve(impossible, TimeSpan.FromSeconds(10), Sample.Epoch.AddSeconds(11), Longest, threads: 4));
        Assert.True(track.TryObserve(impossible with { CpuNanoseconds = 40_000_000_000 }, TimeSpan.FromSeconds(10), Sample.Epoch.AddSeconds(11), Longest, threads: 4));
        Assert.Equal(40_000_000_000, track.Pending()!.CpuNanoseconds);
    }

    [Fact]
    public void Resolve_ReplyWasLost_CountsTheStoredPartOnce()
    {
        var track = new ContainerTrack(Container, null);
        Observe(track, cpu: 100, memory: 10, at: 10, elapsed: null);
        var attempt = track.Pending()!;
        track.Doubt(attempt);
        Observe(track, cpu: 150, memory: 10, at: 20, elapsed: 10);

        track.Resolve(new(attempt.To, attempt.AtEnd)); // it had been stored

        var rest = track.Pending()!;
        Assert.Equal((attempt.To, 50, 100), (rest.From, rest.CpuNanoseconds, rest.MemoryByteSeconds));
    }

    [Fact]
    public void Resolve_NothingWasStored_KeepsEverything()
    {
        var track = new ContainerTrack(Container, null);
        Observe(track, cpu: 100, memory: 10, at: 10, elapsed: null);
        track.Doubt(track.Pending()!);
        Observe(track, cpu: 150, memory: 10, at: 20, elapsed: 10);

        track.Resolve(null);

        Assert.Equal((Sample.Epoch, 150, 100), (track.Pending()!.From, track.Pending()!.CpuNanoseconds, track.Pending()!.MemoryByteSeconds));
    }

    [Fact]
    public void Rebase_LogIsAhead_ContinuesThere()
    {
        var track = new ContainerTrack(Container, null);
        Observe(track, cpu: 100, memory: 10, at: 10, elapsed: null);

        track.Rebase(new(Sample.Epoch.AddSeconds(15), new(120, 10, 20)));
        Assert.Null(track.Pending());
        Observe(track, cpu: 200, memory: 10, at: 20, elapsed: 10);

        var interval = track.Pending()!;
        Assert.Equal((Sample.Epoch.AddSeconds(15), Sample.Epoch.AddSeconds(20)), (interval.From, interval.To));
        Assert.Equal(100, interval.CpuNanoseconds);
    }

    private sealed record Step(int Milliseconds, int Cpu, int Memory, int WallStepSeconds, int Outcome);

    /// <summary>Any pattern of readings, missed ones, clock steps, failed and half-failed writes, and restarts: what is stored adds up exactly.</summary>
    [Fact]
    public void AnyPattern_StoredSumsAreExact() =>
        Prop.ForAll(Gen.ListOf(StepGenerator()).ToArbitrary(), steps => Run(steps)).Check(Config.QuickThrowOnFailure.WithMaxTest(500));

    private static Gen<Step> StepGenerator() =>
        from ms in Gen.Choose(1, 40_000)
        from cpu in Gen.Choose(0, 1_000_000)
        from memory in Gen.Choose(0, int.MaxValue)
        from wall in Gen.Frequency((20, Gen.Constant(0)), (1, Gen.Choose(-100_000, 100_000)))
        from outcome in Gen.Frequency((6, Gen.Constant(0)), (2, Gen.Constant(1)), (2, Gen.Constant(2)), (1, Gen.Constant(3)), (1, Gen.Constant(4)))
        select new Step(ms, cpu, memory, wall, outcome);

    private static bool Run(IList<Step> steps)
    {
        var log = new MemoryUsageLog();
        var track = new ContainerTrack(Container, null);
        var (wall, cpu) = (Sample.Epoch, 0L);
        TimeSpan? elapsed = null;
        long? before = null;
        Int128 units = 0; // twice the byte-milliseconds that this process has seen
        var exact = true;
        foreach (var step in steps)
        {
            wall += TimeSpan.FromMilliseconds(step.Milliseconds) + TimeSpan.FromSeconds(step.WallStepSeconds);
            cpu += step.Cpu;
            TimeSpan? span = elapsed is null ? null : TimeSpan.FromMilliseconds(step.Milliseconds);
            Assert.True(track.TryObserve(new(cpu, step.Memory, step.Memory, 1, 0, cpu, cpu), span, wall, Longest, threads: 0));
            if (span is { } passed && passed <= Longest && before is { } earlier) units += ((Int128)earlier + step.Memory) * step.Milliseconds;
            (elapsed, before) = (TimeSpan.Zero, step.Memory);

            log.Failing = step.Outcome switch { 1 => MemoryUsageLog.Fault.Away, 2 => MemoryUsageLog.Fault.ReplyLost, _ => MemoryUsageLog.Fault.None };
            Store(track, log);
            if (step.Outcome == 3)
            {
                track.Miss();
                before = null;
            }

            if (step.Outcome != 4) continue;
            log.Failing = MemoryUsageLog.Fault.None;
            exact = false; // what memory did until a restart may be lost with the process, or be stored
            track = new(Container, log.FindEndAsync(Container.ContainerId, Container.StartedAt, default).Result);
            (elapsed, before) = (null, null);
        }

        log.Failing = MemoryUsageLog.Fault.None;
        Store(track, log);
        if (steps.Count > 0) Assert.Equal((cpu, cpu), (log.Rows.Sum(row => row.CpuNanoseconds), log.Rows.Sum(row => row.ReceivedBytes)));
        var stored = log.Rows.Aggregate(Int128.Zero, (sum, row) => sum + row.MemoryByteSeconds);
        Assert.True(exact ? stored == units / 2_000 : stored <= units / 2_000, $"stored {stored}, seen {units / 2_000}");
        Assert.All(log.Rows.Zip(log.Rows.Skip(1)), pair => Assert.Equal(pair.First.To, pair.Second.From));
        return true;
    }

    private static void Store(ContainerTrack track, MemoryUsageLog log)
    {
        MeteredInterval? interval = null;
        try
        {
            if (track.IsDoubtful) track.Resolve(log.FindEndAsync(Container.ContainerId, Container.StartedAt, default).Result);
            interval = track.Pending();
            if (interval is null) return;
            Assert.NotEqual(AppendResult.Overlaps, log.AppendAsync([interval], default).Result[0]);
            track.Stored(interval);
        }
        catch (MeteringUnavailableException)
        {
            if (interval is not null) track.Doubt(interval);
        }
    }

    private static void Observe(ContainerTrack track, long cpu, long memory, double at, double? elapsed, long network = 10) =>
        Assert.True(track.TryObserve(
            new(cpu, memory, memory, 1, 0, network, 2 * network), elapsed is { } seconds ? TimeSpan.FromSeconds(seconds) : null, Sample.Epoch.AddSeconds(at), Longest, threads: 0));
}
