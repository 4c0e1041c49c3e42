namespace ProviderAgent.TestKit;

/// <summary>A clock that runs as the machine's does and can be sent ahead: for code between which and the test other processes work in real time.</summary>
public sealed class RunningTimeProvider : TimeProvider, IAsyncDisposable
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(10);

    private readonly ManualTimeProvider _manual = new(System.GetUtcNow());
    private readonly CancellationTokenSource _ending = new();
    private readonly Lock _one = new();
    private readonly Task _running;

    public RunningTimeProvider() => _running = RunAsync();

    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    public override long TimestampFrequency => _manual.TimestampFrequency;

    public override DateTimeOffset GetUtcNow() => _manual.GetUtcNow();

    public override long GetTimestamp() => _manual.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => _manual.CreateTimer(callback, state, dueTime, period);

    /// <summary>How many times as fast as the machine's clock it runs; 1 at first.</summary>
    public int Speed { get; set; } = 1;

    /// <summary>Moves time forward and fires what is due on the way. What waits for another process meanwhile sees its deadline pass.</summary>
    public void Jump(TimeSpan by)
    {
        lock (_one) _manual.Advance(by);
    }

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        await _running;
        _ending.Dispose();
    }

    private async Task RunAsync()
    {
        try
        {
            for (var last = System.GetTimestamp(); ;)
            {
                await Task.Delay(Step, System, _ending.Token);
                var now = System.GetTimestamp();
                Jump(System.GetElapsedTime(last, now) * Speed);
                last = now;
            }
        }
        catch (OperationCanceledException)
        {
            // the test is over
        }
    }
}
