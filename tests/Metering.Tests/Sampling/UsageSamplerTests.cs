namespace ProviderAgent.Metering.Tests;

public sealed class UsageSamplerTests : IDisposable
{
    private readonly RecordedHost _host = new("v1-cgroupfs");
    private readonly ManualTimeProvider _time = new(Sample.Epoch);
    private readonly FakeContainers _containers = new();
    private readonly MemoryUsageLog _usage = new();
    private readonly MemoryLog<UsageSampler> _log = new();
    private readonly FixedOptions<MeteringOptions> _options = new(new());

    public UsageSamplerTests() => _containers.Running.Add(RecordedHost.Container(Sample.Epoch));

    public void Dispose() => _host.Dispose();

    [Fact]
    public async Task SampleAll_SeveralRounds_AddsUpToTheCounters()
    {
        using var sampler = CreateSut();
        for (var i = 1; i <= 5; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(10));
            _host.Set(cpuNs: i * 700_000_000L, workingSet: 1 << 20, received: 10 * i, sent: 20 * i);
            Assert.True(await sampler.SampleAllAsync(default));
        }

        var sum = Assert.Single(await _usage.SumAllAsync(default));
        Assert.Equal((3_500_000_000, 50, 100), ((long)sum.CpuNanoseconds, (long)sum.ReceivedBytes, (long)sum.SentBytes));
        Assert.Equal((40 << 20, TimeSpan.FromSeconds(40), TimeSpan.FromSeconds(10)), ((long)sum.MemoryByteSeconds, sum.Measured, sum.Gap));
        Assert.Equal(5, _usage.Rows.Count);
    }

    [Fact]
    public async Task SampleAll_DaemonRestarted_LosesNothingButTheMemoryBetween()
    {
        using (var first = CreateSut())
        {
            _host.Set(1_000_000_000, 100);
            _time.Advance(TimeSpan.FromSeconds(10));
            await first.SampleAllAsync(default);
        }

        _time.Advance(TimeSpan.FromMinutes(5));
        _host.Set(90_000_000_000, 100, 5, 6);
        using var second = CreateSut();
        await second.SampleAllAsync(default);

        Assert.Equal(90_000_000_000, _usage.Rows.Sum(row => row.CpuNanoseconds));
        Assert.Equal(TimeSpan.FromMinutes(5), _usage.Rows[1].Gap);
        Assert.Equal(0, _usage.Rows[1].MemoryByteSeconds);
    }

    [Fact]
    public async Task SampleAll_ContainerRestartedInPlace_CountsBothRuns()
    {
        using var sampler = CreateSut();
        _host.Set(5_000_000_000, 100);
        _time.Advance(TimeSpan.FromSeconds(10));
        await sampler.SampleAllAsync(default);

        _containers.Running[0] = RecordedHost.Container(Sample.Epoch.AddSeconds(12));
        _host.Set(1_000_000_000, 100);
        _time.Advance(TimeSpan.FromSeconds(10));
        await sampler.SampleAllAsync(default);

        Assert.Equal(6_000_000_000, _usage.Rows.Sum(row => row.CpuNanoseconds));
        Assert.Equal(Sample.Epoch.AddSeconds(12), _usage.Rows[1].From);
    }

    [Fact]
    public async Task SampleAll_LedgerAwayForAWhile_LosesNothingAtAll()
    {
        using var sampler = CreateSut();
        await RoundAsync(sampler, 1);
        _usage.Failing = MemoryUsageLog.Fault.Away;
        for (var i = 2; i <= 10; i++) await Assert.ThrowsAsync<MeteringUnavailableException>(() => RoundAsync(sampler, i));
        _usage.Failing = MemoryUsageLog.Fault.None;
        await RoundAsync(sampler, 11);

        Assert.Equal(2, _usage.Rows.Count);
        Assert.Equal((11_000_000_000, 100_000), (_usage.Rows.Sum(row => row.CpuNanoseconds), _usage.Rows[1].MemoryByteSeconds));
        Assert.Equal(TimeSpan.FromSeconds(100), _usage.Rows[1].Measured);
        Assert.Equal(TimeSpan.Zero, _usage.Rows[1].Gap);
    }

    [Fact]
    public async Task SampleAll_AcknowledgementLost_CountsOnce()
    {
        using var sampler = CreateSut();
        await RoundAsync(sampler, 1);
        _usage.Failing = MemoryUsageLog.Fault.ReplyLost;
        await Assert.ThrowsAsync<MeteringUnavailableException>(() => RoundAsync(sampler, 2));
        _usage.Failing = MemoryUsageLog.Fault.None;
        await RoundAsync(sampler, 3);

        Assert.Equal(3, _usage.Rows.Count);
        Assert.Equal((3_000_000_000, 20_000), (_usage.Rows.Sum(row => row.CpuNanoseconds), _usage.Rows.Sum(row => row.MemoryByteSeconds)));
    }

    [Fact]
    public async Task SampleAll_LedgerAwayAtFirstSight_WaitsInsteadOfCountingTwice()
    {
        using (var first = CreateSut()) await RoundAsync(first, 1);
        using var second = CreateSut();
        _usage.Failing = MemoryUsageLog.Fault.Away;
        await Assert.ThrowsAsync<MeteringUnavailableException>(() => RoundAsync(second, 2));
        _usage.Failing = MemoryUsageLog.Fault.None;
        await RoundAsync(second, 3);

        Assert.Equal(3_000_000_000, _usage.Rows.Sum(row => row.CpuNanoseconds));
    }

    [Fact]
    public async Task SampleAll_GarbageForAMoment_IsAGapNotUsage()
    {
        using var sampler = CreateSut();
        await RoundAsync(sampler, 1);
        _host.Write(_host.Cpu, "18446744073709551615\n");
        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.False(await sampler.SampleAllAsync(default));
        await RoundAsync(sampler, 3);

        Assert.Contains("ReadingRefused", _log.Events);
        Assert.Equal(3_000_000_000, _usage.Rows.Sum(row => row.CpuNanoseconds));
        Assert.Equal((0, TimeSpan.FromSeconds(20)), (_usage.Rows[^1].MemoryByteSeconds, _usage.Rows[^1].Gap));
    }

    [Fact]
    public async Task SampleAll_CounterJumpsBeyondTheHost_IsRefused()
    {
        using var sampler = CreateSut();
        await RoundAsync(sampler, 1);
        _time.Advance(TimeSpan.FromSeconds(10));
        _host.Set(1_000_000_000 + 30_000_000_000L, 1_000); // 30 s in 10 s on two threads

        Assert.False(await sampler.SampleAllAsync(default));

        Assert.Equal(1_000_000_000, _usage.Rows.Sum(row => row.CpuNanoseconds));
    }

    [Fact]
    public async Task SampleAll_LogIsAhead_ContinuesWhereItEnds()
    {
        using var sampler = CreateSut();
        await RoundAsync(sampler, 1);
        var last = _usage.Rows[^1];
        await _usage.AppendAsync([last with { From = last.To, To = last.To.AddSeconds(15), CpuNanoseconds = 500_000_000, AtEnd = new(1_500_000_000, 0, 0) }], default);

        await RoundAsync(sampler, 2);
        await RoundAsync(sampler, 3);

        Assert.Contains("LogIsAhead", _log.Events);
        Assert.Equal(3_000_000_000, _usage.Rows.Sum(row => row.CpuNanoseconds));
    }

    [Fact]
    public async Task SampleNow_OneLease_LeavesOthersAlone()
    {
        using var other = new RecordedHost("v1-cgroupfs");
        _containers.Running.Add(RecordedHost.Container(Sample.Epoch) with { Lease = Sample.Lease(2), ContainerId = new string('b', 64), Pid = 1 });
        using var sampler = CreateSut();
        _time.Advance(TimeSpan.FromSeconds(3));
        _host.Set(42, 100);

        Assert.True(await sampler.SampleNowAsync(Sample.Lease(1), default));

        Assert.Equal((Sample.Lease(1), 42), (Assert.Single(_usage.Rows).Container.Lease, _usage.Rows[0].CpuNanoseconds));
        _time.Advance(TimeSpan.FromSeconds(7));
        _host.Set(50, 100);
        await sampler.SampleAllAsync(default);
        Assert.Equal(50, _usage.Rows.Sum(row => row.CpuNanoseconds));
    }

    [Fact]
    public async Task SampleNow_EngineAway_Throws()
    {
        using var sampler = CreateSut();
        _containers.IsAway = true;

        await Assert.ThrowsAsync<MeteringUnavailableException>(() => sampler.SampleNowAsync(Sample.Lease(1), default));
    }

    [Fact]
    public async Task SampleNow_EngineHangs_GivesUp()
    {
        using var sampler = CreateSut();
        _containers.Hangs = true;
        var sampling = sampler.SampleNowAsync(Sample.Lease(1), default);
        await Eventually.BecomesTrueAsync("the deadline to be set", () => _time.TimerCount > 0);

        _time.Advance(TimeSpan.FromSeconds(31));

        await Assert.ThrowsAsync<MeteringUnavailableException>(() => sampling);
    }

    [Fact]
    public async Task Snapshot_RunningAndEnded_HasSeriesOfLivingLeasesOnly()
    {
        using var sampler = CreateSut();
        Assert.Empty(sampler.Snapshot());
        _host.Set(2_500_000_000, 4096, 7, 8);
        await sampler.SampleAllAsync(default);

        var series = sampler.Snapshot().ToDictionary(entry => entry.Name);
        Assert.Equal(2.5, series["container_cpu_usage_seconds_total"].Value);
        Assert.Equal((4096, false), (series["container_memory_working_set_bytes"].Value, series["container_memory_working_set_bytes"].IsCounter));
        Assert.Equal((7, 8), (series["container_network_receive_bytes_total"].Value, series["container_network_transmit_bytes_total"].Value));
        Assert.All(series.Values, entry => Assert.Equal((Sample.Lease(1), "web", 0), (entry.Lease, entry.Service, entry.Replica)));

        // While the replacement is up and the old one still listed, each series is there once.
        _containers.Running.Add(RecordedHost.Container(Sample.Epoch.AddSeconds(5)));
        await sampler.SampleAllAsync(default);
        Assert.Equal(sampler.Snapshot().Count, sampler.Snapshot().DistinctBy(entry => entry.Name).Count());

        _containers.Running.Clear();
        await sampler.SampleAllAsync(default);
        Assert.Empty(sampler.Snapshot());
    }

    [Fact]
    public async Task Execute_OnATimer_SamplesAndSurvivesOutages()
    {
        using var sampler = CreateSut();
        _host.Set(1, 1);
        await sampler.StartAsync(default);
        await Eventually.BecomesTrueAsync("the first sample", () => _usage.Rows.Count == 1);
        _containers.IsAway = true;
        await AdvanceUntilAsync("the outage to be told", () => _log.Events.Contains("SamplingAway"));
        _containers.IsAway = false;
        await AdvanceUntilAsync("sampling to go on", () => _log.Events.Contains("SamplingAgain"));
        _options.CurrentValue = new() { Interval = TimeSpan.FromSeconds(1) };
        await AdvanceUntilAsync("more samples", () => _usage.Rows.Count > 4);
        await sampler.StopAsync(default);

        Assert.Equal(1, _usage.Rows.Sum(row => row.CpuNanoseconds));
        Assert.Single(_log.Events, "SamplingAway");
    }

    [Fact]
    public async Task Retention_EachHour_FoldsUntilNothingIsLeft()
    {
        using var retention = new UsageRetention(_usage, _options, _time, new MemoryLog<UsageRetention>());
        await retention.StartAsync(default);
        await Eventually.BecomesTrueAsync("the first fold", () => _usage.Folds.Count == 3);

        _time.Advance(TimeSpan.FromHours(1));

        await Eventually.BecomesTrueAsync("the next fold", () => _usage.Folds.Count == 6);
        Assert.Equal(Sample.Epoch - TimeSpan.FromDays(3), _usage.Folds[0]);
        Assert.Equal(Sample.Epoch - TimeSpan.FromDays(3) + TimeSpan.FromHours(1), _usage.Folds[^1]);
        await retention.StopAsync(default);
    }

    private UsageSampler CreateSut() => new(_containers, _usage, new CgroupReader(_host.Root), _options, _time, Sample.Metrics(), _log);

    /// <summary>One round 10 s later with one CPU second and 1 000 bytes more than before.</summary>
    private async Task RoundAsync(UsageSampler sampler, int n)
    {
        _time.Advance(TimeSpan.FromSeconds(10));
        _host.Set(n * 1_000_000_000L, 1_000);
        await sampler.SampleAllAsync(default);
    }

    private Task AdvanceUntilAsync(string what, Func<bool> probe) => Eventually.BecomesTrueAsync(what, () =>
    {
        _time.Advance(TimeSpan.FromSeconds(1));
        return probe();
    });
}
