using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace ProviderAgent.Metering.Tests;

/// <summary>When the sampler counts as stuck.</summary>
public sealed class UsageSamplerLivenessTests : IDisposable
{
    private readonly RecordedHost _host = new("v1-cgroupfs");
    private readonly ManualTimeProvider _time = new(Sample.Epoch);
    private readonly FakeContainers _containers = new();
    private readonly MemoryLog<UsageSampler> _log = new();
    private readonly FixedOptions<MeteringOptions> _options = new(new());

    public UsageSamplerLivenessTests() => _containers.Running.Add(RecordedHost.Container(Sample.Epoch));

    public void Dispose() => _host.Dispose();

    [Fact]
    public async Task CheckHealth_LedgerNeverAnswers_IsUnhealthyAndSaysHowLong()
    {
        var usage = new SilentUsageLog();
        using var sut = CreateSut(usage);
        await sut.StartAsync(default);
        await usage.Asked.Task;
        _time.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal(HealthStatus.Healthy, (await sut.CheckHealthAsync(new())).Status);

        _time.Advance(TimeSpan.FromSeconds(1));

        var result = await sut.CheckHealthAsync(new());
        Assert.Equal(HealthStatus.Unhealthy, result.Status);
        Assert.Contains("usage was not sampled for 121 s", result.Description, StringComparison.Ordinal);
        await sut.StopAsync(default);
    }

    [Fact]
    public async Task CheckHealth_EngineHangs_ComesRoundByItsDeadline()
    {
        _containers.Hangs = true;
        using var sut = CreateSut(new MemoryUsageLog());
        await sut.StartAsync(default);
        for (var round = 0; round < 20; round++)
        {
            await Eventually.BecomesTrueAsync("it to wait", () => _time.TimerCount > 0);
            _time.Advance(TimeSpan.FromSeconds(30));
            await Eventually.BecomesTrueAsync("the sampler to be healthy", async () => (await sut.CheckHealthAsync(new())).Status == HealthStatus.Healthy);
        }

        await Eventually.BecomesTrueAsync("the outage to be told", () => _log.Events.Contains("SamplingAway"));
        await sut.StopAsync(default);
    }

    [Fact]
    public async Task CheckHealth_IntervalWasShortened_StillGrantsTheOldOne()
    {
        _options.CurrentValue = new() { Interval = TimeSpan.FromHours(1) };
        var usage = new MemoryUsageLog();
        using var sut = CreateSut(usage);
        _host.Set(1, 1);
        await sut.StartAsync(default);
        await Eventually.BecomesTrueAsync("the first sample", () => usage.Rows.Count == 1);
        _options.CurrentValue = new() { Interval = TimeSpan.FromSeconds(1) };

        _time.Advance(TimeSpan.FromMinutes(59));

        Assert.Equal(HealthStatus.Healthy, (await sut.CheckHealthAsync(new())).Status);
        await sut.StopAsync(default);
    }

    private UsageSampler CreateSut(IUsageLog usage) => new(_containers, usage, new CgroupReader(_host.Root), _options, _time, Sample.Metrics(), _log);

    private sealed class SilentUsageLog : IUsageLog
    {
        public TaskCompletionSource Asked { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<IReadOnlyList<AppendResult>> AppendAsync(IReadOnlyList<MeteredInterval> intervals, CancellationToken ct) => NeverAsync<IReadOnlyList<AppendResult>>(ct);

        public Task<MeteredEnd?> FindEndAsync(string containerId, DateTimeOffset startedAt, CancellationToken ct) => NeverAsync<MeteredEnd?>(ct);

        public Task<IReadOnlyList<ServiceUsage>> SumAllAsync(CancellationToken ct) => NeverAsync<IReadOnlyList<ServiceUsage>>(ct);

        public Task<int> FoldAsync(DateTimeOffset before, int limit, CancellationToken ct) => NeverAsync<int>(ct);

        private async Task<T> NeverAsync<T>(CancellationToken ct)
        {
            Asked.TrySetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, ct);
            throw new InvalidOperationException("an endless wait has ended");
        }
    }
}
