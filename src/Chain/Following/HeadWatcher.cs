using System.Threading.Channels;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using ProviderAgent.Chain.Endpoints;
using ProviderAgent.Chain.Rpc;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Chain.Following;

/// <summary>Knows the latest block and tells everybody who waits for one. Also finds out that an endpoint has silently stopped.</summary>
/// <remarks>Nothing depends on announcements: they only make the next look at the endpoint come sooner.</remarks>
internal sealed partial class HeadWatcher : BackgroundService, IHealthCheck
{
    private static readonly TimeSpan ProbeInterval = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    // Blocks are announced on time: until an announcement is this late by the mean block time, asking for one is of no use.
    private const double Overdue = 1.25;

    // A look asks for the state of one endpoint after the other, of all at once, and for two headers.
    private const int CallsPerLook = 8;

    private readonly Lock _gate = new();
    private readonly EndpointPool _pool;
    private readonly HeadSubscriber _subscriber;
    private readonly TickMeter _meter;
    private readonly TimeProvider _time;
    private readonly ILogger<HeadWatcher> _log;
    private readonly ChainOptions _options;
    private readonly Backoff _backoff;
    private readonly LoopWatch _watch;
    private readonly Channel<byte> _wake = Channel.CreateBounded<byte>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private TaskCompletionSource _changed = NewSignal();
    private volatile ChainHead? _head;
    private long _probedAt;
    private long _stallProbedAt;
    private long _announcedAt;

    public HeadWatcher(
        EndpointPool pool, HeadSubscriber subscriber, TickMeter meter, IOptions<ChainOptions> options, IJitter jitter, TimeProvider time, ILogger<HeadWatcher> log)
    {
        (_pool, _subscriber, _meter, _time, _log, _options) = (pool, subscriber, meter, time, log, options.Value);
        _backoff = new(time, jitter, LongestPause);
        _watch = new(time, TimeSpan.FromMinutes(1) + (CallsPerLook * Math.Max(1, _options.Endpoints.Count) * _options.QueryTimeout));
        _probedAt = _stallProbedAt = time.GetTimestamp();
    }

    /// <summary>The latest block; null before the first.</summary>
    public ChainHead? Head => _head;

    /// <summary>Time since the latest block appeared, by our own monotonic clock; zero before the first.</summary>
    public TimeSpan SinceLastBlock => _head is { } head ? _time.GetElapsedTime(head.SeenAt) : TimeSpan.Zero;

    /// <summary>Without a block for so long, the endpoint counts as stuck.</summary>
    public TimeSpan StallLimit
    {
        get
        {
            // Two and a half blocks: a chain with slow blocks is not stuck.
            var blocks = _meter.Clock.TickLength * 2.5;
            return blocks > _options.StallAfter ? blocks : _options.StallAfter;
        }
    }

    /// <summary>Completes as soon as the latest block is at <paramref name="height"/> or above.</summary>
    public async Task<ChainHead> WaitForAsync(long height, CancellationToken ct)
    {
        while (true)
        {
            Task changed;
            lock (_gate)
            {
                if (_head is { } head && head.Height >= height) return head;
                changed = _changed.Task;
            }

            await changed.WaitAsync(ct);
        }
    }

    /// <summary>Looks again at once, for example because a transaction was just sent.</summary>
    public void Wake() => _wake.Writer.TryWrite(0);

    /// <inheritdoc/>
    /// <remarks>An endpoint that does not answer costs its deadline; only a look that never ends is unhealthy.</remarks>
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) => Task.FromResult(_watch.Stuck is { } age
        ? HealthCheckResult.Unhealthy($"the latest block was not looked for in {age.TotalSeconds:0} s")
        : HealthCheckResult.Healthy());

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var subscription = _options.Subscribe ? _subscriber.RunAsync(Announced, stoppingToken) : Task.CompletedTask;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                _watch.Working();
                await LookAsync(stoppingToken);
                _backoff.Reset();
                var pause = NextLook();
                _watch.Turned(pause);
                await WaitAsync(pause, stoppingToken);
            }
            catch (EndpointException e)
            {
                Log.NoEndpoint(_log, e.Message);
                _watch.Turned(LongestPause);
                await _backoff.WaitAsync(stoppingToken);
            }
        }

        await subscription;
    }

    /// <summary>One look: state of the endpoint in use, and of the others when it is time for that.</summary>
    internal async Task LookAsync(CancellationToken ct)
    {
        await _pool.CheckAnyAsync(ct);
        Publish();
        var stalled = SinceLastBlock > StallLimit && _time.GetElapsedTime(_stallProbedAt) > StallLimit;
        if (stalled || _time.GetElapsedTime(_probedAt) > ProbeInterval)
        {
            if (stalled)
            {
                Log.NoNewBlock(_log, (long)SinceLastBlock.TotalSeconds, _pool.Current.Address);
                _stallProbedAt = _time.GetTimestamp();
            }

            _probedAt = _time.GetTimestamp();
            await _pool.ProbeAsync(ct);
            Publish();
        }

        if (_head is { } head) await _meter.MeasureAsync(head.Height, ct);
    }

    /// <summary>The node has told of a new block.</summary>
    internal void Announced()
    {
        Volatile.Write(ref _announcedAt, _time.GetTimestamp());
        Wake();
    }

    /// <summary>How long to wait for an announcement before asking. While they come in time this is longer than a block takes, so the processor rests.</summary>
    internal TimeSpan NextLook()
    {
        if (Volatile.Read(ref _announcedAt) is not (> 0 and var last)) return _options.PollInterval;
        var due = (_meter.Clock.TickLength * Overdue) - _time.GetElapsedTime(last);
        var untilStall = StallLimit - SinceLastBlock;
        var rest = due < untilStall ? due : untilStall;
        return rest > _options.PollInterval ? rest : _options.PollInterval;
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private void Publish()
    {
        var endpoint = _pool.Current;
        if (endpoint.State.Status is not { } status) return;
        TaskCompletionSource changed;
        lock (_gate)
        {
            if (_head is { } head && head.Endpoint == endpoint && head.Height >= status.LatestHeight) return;

            // A move to another endpoint brings no new block by itself; else moving to and fro would hide a chain at rest.
            var isNew = _head is null || status.LatestHeight > _head.Height;
            _head = new(status.LatestHeight, status.LatestTime, endpoint, isNew ? _time.GetTimestamp() : _head?.SeenAt ?? 0);
            changed = _changed;
            _changed = NewSignal();
        }

        changed.TrySetResult();
    }

    private async Task WaitAsync(TimeSpan pause, CancellationToken ct)
    {
        using var poll = new Deadline(pause, _time, ct);
        try
        {
            await _wake.Reader.ReadAsync(poll.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            // Nobody has told of a block in time.
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1010, LogLevel.Warning, "No endpoint of the chain can be used; nothing is decided until one answers: {Cause}", EventName = "NoEndpoint")]
        public static partial void NoEndpoint(ILogger logger, string cause);

        [LoggerMessage(1011, LogLevel.Warning, "No new block for {Seconds} s from {Endpoint}; the other endpoints are asked", EventName = "NoNewBlock")]
        public static partial void NoNewBlock(ILogger logger, long seconds, Uri endpoint);
    }
}
