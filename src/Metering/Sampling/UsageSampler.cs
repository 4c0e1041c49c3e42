using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace ProviderAgent.Metering;

/// <summary>Samples every container of a lease each interval and stores what it used.</summary>
/// <remarks>
/// Counters are kept by container and start, and continue from the stored ones after a restart of the daemon: processor time and
/// network lose nothing, the memory of the time between is a gap. A container that ends loses at most what it used since its last sample.
/// </remarks>
public sealed partial class UsageSampler : BackgroundService, IHealthCheck
{
    // Listing asks the engine; if that takes longer than this, it hangs.
    private static readonly TimeSpan ListDeadline = TimeSpan.FromSeconds(30);

    // What a round may take: the list's deadline, then reading and storing on a busy host.
    private static readonly TimeSpan RoundAllowance = TimeSpan.FromMinutes(2);

    // Between two readings further apart than this many intervals nobody knows what memory did.
    private const int MaxIntervalsObserved = 3;

    private readonly IMeteredContainers _containers;
    private readonly IUsageLog _log;
    private readonly CgroupReader _reader;
    private readonly IOptionsMonitor<MeteringOptions> _options;
    private readonly TimeProvider _time;
    private readonly MeteringMetrics _metrics;
    private readonly ILogger _logger;
    private readonly LoopWatch _watch;
    private readonly SemaphoreSlim _gate = new(1);
    private readonly Dictionary<ContainerRun, Entry> _entries = [];
    private IReadOnlyList<UsageSeries> _snapshot = [];
    private long _lastRoundMs;
    private bool _isAway;

    internal UsageSampler(
        IMeteredContainers containers, IUsageLog log, CgroupReader reader, IOptionsMonitor<MeteringOptions> options, TimeProvider time, MeteringMetrics metrics, ILogger<UsageSampler> logger)
    {
        (_containers, _log, _reader, _options, _time, _metrics, _logger) = (containers, log, reader, options, time, metrics, logger);
        _watch = new(time, RoundAllowance);
        metrics.ObserveSampling(() => _entries.Count, () => Volatile.Read(ref _lastRoundMs) / 1e3);
    }

    /// <summary>One run of one container; the start as the log keeps it, to the millisecond.</summary>
    private readonly record struct ContainerRun(string ContainerId, long StartedMs)
    {
        public static ContainerRun Of(MeteredContainer container) => new(container.ContainerId, container.StartedAt.ToUnixTimeMilliseconds());
    }

    private sealed class Entry(ContainerTrack track)
    {
        public ContainerTrack Track { get; } = track;

        /// <summary>Monotonic time of the last accepted reading; null before the first.</summary>
        public long? ReadAt { get; set; }

        public IReadOnlyList<UsageSeries> Series { get; set; } = [];
    }

    /// <summary>Values of all containers as of the last round, for a scrape. Never blocks.</summary>
    public IReadOnlyList<UsageSeries> Snapshot() => Volatile.Read(ref _snapshot);

    /// <inheritdoc/>
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) => Task.FromResult(_watch.Stuck is { } age
        ? HealthCheckResult.Unhealthy($"usage was not sampled for {age.TotalSeconds:0} s")
        : HealthCheckResult.Healthy());

    /// <summary>Samples the containers of one lease now, for example before they are stopped for good.</summary>
    /// <returns>True when everything that they used until now is stored; false when a reading was impossible.</returns>
    /// <exception cref="MeteringUnavailableException">Engine or ledger cannot be asked; what was read is kept for the next round.</exception>
    public Task<bool> SampleNowAsync(LeaseId lease, CancellationToken ct) => SampleAsync(lease, ct);

    /// <summary>One round over all containers.</summary>
    /// <exception cref="MeteringUnavailableException">Engine or ledger cannot be asked.</exception>
    internal Task<bool> SampleAllAsync(CancellationToken ct) => SampleAsync(null, ct);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(_options.CurrentValue.Interval, _time);
        do
        {
            _watch.Working();
            if (timer.Period != _options.CurrentValue.Interval) timer.Period = _options.CurrentValue.Interval;
            try
            {
                await SampleAllAsync(stoppingToken).ConfigureAwait(false);
                if (_isAway) Log.SamplingAgain(_logger);
                _isAway = false;
            }
            catch (MeteringUnavailableException e)
            {
                if (!_isAway) Log.SamplingAway(_logger, e);
                _isAway = true;
            }

            _watch.Turned(timer.Period);
        }
        while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false));
    }

    private async Task<bool> SampleAsync(LeaseId? only, CancellationToken ct)
    {
        await _gate.WaitAsync(ct).ConfigureAwait(false);
        try
        {
            var start = _time.GetTimestamp();
            var containers = await ListAsync(only, ct).ConfigureAwait(false);
            var (isComplete, away) = await ReadAllAsync(containers, ct).ConfigureAwait(false);
            if (only is null) ForgetEnded(containers);
            Publish();
            if (away is not null) throw away;
            await StoreAsync(containers, ct).ConfigureAwait(false);
            if (only is null) Volatile.Write(ref _lastRoundMs, _time.GetUtcNow().ToUnixTimeMilliseconds());
            _metrics.Round(_time.GetElapsedTime(start));
            return isComplete;
        }
        finally
        {
            _gate.Release();
        }
    }

    private async Task<IReadOnlyList<MeteredContainer>> ListAsync(LeaseId? only, CancellationToken ct)
    {
        using var deadline = new CancellationTokenSource(ListDeadline, _time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(ct, deadline.Token);
        try
        {
            var all = await _containers.ListAsync(both.Token).ConfigureAwait(false);
            return only is { } lease ? [.. all.Where(container => container.Lease == lease)] : all;
        }
        catch (OperationCanceledException e) when (!ct.IsCancellationRequested)
        {
            throw new MeteringUnavailableException($"the list of containers did not come within {ListDeadline.TotalSeconds:0} s", e);
        }
    }

    /// <summary>Reads every container, known ones also while the ledger is away: their usage waits in memory.</summary>
    /// <returns>Whether all that run could be read, and why the ledger could not tell where a new one stands.</returns>
    private async Task<(bool IsComplete, MeteringUnavailableException? Away)> ReadAllAsync(IReadOnlyList<MeteredContainer> containers, CancellationToken ct)
    {
        var isComplete = true;
        MeteringUnavailableException? away = null;
        foreach (var container in containers)
        {
            if (!_entries.TryGetValue(ContainerRun.Of(container), out var entry))
            {
                if (away is not null) continue;
                try
                {
                    // Not knowing where its usage ends must not look like a new container: that would count everything twice.
                    var end = await _log.FindEndAsync(container.ContainerId, container.StartedAt, ct).ConfigureAwait(false);
                    _entries.Add(ContainerRun.Of(container), entry = new(new(container, end)));
                }
                catch (MeteringUnavailableException e)
                {
                    away = e;
                    continue;
                }
            }

            isComplete &= Read(container, entry);
        }

        return (isComplete, away);
    }

    private bool Read(MeteredContainer container, Entry entry)
    {
        var state = _reader.Read(container, out var reading, out var refusal);
        var (now, wall) = (_time.GetTimestamp(), _time.GetUtcNow());
        if (state == ReadingState.Read)
        {
            TimeSpan? elapsed = entry.ReadAt is { } before ? _time.GetElapsedTime(before, now) : null;
            if (entry.Track.TryObserve(reading, elapsed, wall, MaxIntervalsObserved * _options.CurrentValue.Interval, _reader.Threads))
            {
                entry.ReadAt = now;
                entry.Series = [.. UsageSeries.Of(container, reading, wall)];
            }
            else
            {
                (state, refusal) = (ReadingState.Refused, "more processor time than the host has");
            }
        }

        _metrics.Reading(state);
        if (state == ReadingState.Refused) Log.ReadingRefused(_logger, container.ContainerId, refusal);
        if (state != ReadingState.Read) entry.Track.Miss();
        return state != ReadingState.Refused;
    }

    private async Task StoreAsync(IReadOnlyList<MeteredContainer> containers, CancellationToken ct)
    {
        var intervals = new List<MeteredInterval>(containers.Count);
        foreach (var container in containers)
        {
            if (!_entries.TryGetValue(ContainerRun.Of(container), out var entry)) continue;
            if (entry.Track.IsDoubtful) entry.Track.Resolve(await _log.FindEndAsync(container.ContainerId, container.StartedAt, ct).ConfigureAwait(false));
            if (entry.Track.Pending() is { } interval) intervals.Add(interval);
        }

        if (intervals.Count == 0) return;
        var results = await AppendAsync(intervals, ct).ConfigureAwait(false);
        for (var i = 0; i < intervals.Count; i++)
        {
            if (TrackOf(intervals[i]) is not { } track) continue;
            if (results[i] != AppendResult.Overlaps) track.Stored(intervals[i]);
            else await RebaseAsync(track, intervals[i].Container, ct).ConfigureAwait(false);
        }
    }

    private async Task<IReadOnlyList<AppendResult>> AppendAsync(List<MeteredInterval> intervals, CancellationToken ct)
    {
        try
        {
            return await _log.AppendAsync(intervals, ct).ConfigureAwait(false);
        }
        catch
        {
            // Stored or not? The next round asks before it hands anything over again.
            foreach (var interval in intervals) TrackOf(interval)?.Doubt(interval);
            throw;
        }
    }

    private async Task RebaseAsync(ContainerTrack track, MeteredContainer container, CancellationToken ct)
    {
        Log.LogIsAhead(_logger, container.ContainerId);
        if (await _log.FindEndAsync(container.ContainerId, container.StartedAt, ct).ConfigureAwait(false) is { } end) track.Rebase(end);
    }

    private ContainerTrack? TrackOf(MeteredInterval interval) => _entries.GetValueOrDefault(ContainerRun.Of(interval.Container))?.Track;

    private void ForgetEnded(IReadOnlyList<MeteredContainer> running)
    {
        var runs = running.Select(ContainerRun.Of).ToHashSet();
        foreach (var run in _entries.Keys)
        {
            if (!runs.Contains(run)) _entries.Remove(run);
        }

        _reader.ForgetUnused();
    }

    /// <summary>One run per replica: while a container is replaced, the newer one stands for it, since a scrape may not hold a series twice.</summary>
    private void Publish()
    {
        var newest = _entries
            .Where(entry => entry.Value.Series.Count > 0)
            .GroupBy(entry => (entry.Value.Series[0].Lease, entry.Value.Series[0].Service, entry.Value.Series[0].Replica))
            .Select(runs => runs.MaxBy(entry => entry.Key.StartedMs).Value);
        Volatile.Write(ref _snapshot, [.. newest.SelectMany(entry => entry.Series)]);
    }
}
