using Microsoft.Extensions.Logging;

namespace ProviderAgent.Inventory;

/// <summary>Tests devices, one at a time, each in a process of its own that is ended when it takes too long.</summary>
internal sealed partial class SelfTestRunner(IProbeLauncher launcher, GpuTracker tracker, TimeProvider time, ILogger<SelfTestRunner> log) : IDisposable
{
    private static readonly TimeSpan QuickLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan FullLimit = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(5);

    private readonly SemaphoreSlim _oneAtATime = new(1, 1);
    private IProbeProcess? _hanging;

    /// <summary>Runs one test. A device that hangs has failed it.</summary>
    public async Task<SelfTestReport> RunAsync(string uuid, SelfTestLevel level, CancellationToken ct)
    {
        await _oneAtATime.WaitAsync(ct);
        try
        {
            if (_hanging is { HasExited: false }) return Impossible(uuid, "an earlier self-test still hangs in the driver: reboot this machine");
            if (_hanging is { } ended) tracker.OwnProcess((uint)ended.Id, runs: false);
            _hanging?.Dispose();
            _hanging = null;
            return await RunAloneAsync(uuid, level, ct);
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    public void Dispose()
    {
        _oneAtATime.Dispose();
        _hanging?.Dispose();
    }

    private static SelfTestReport Impossible(string uuid, string why) => new(uuid, SelfTestOutcome.Impossible, why, 0, 0, []);

    private async Task<SelfTestReport> RunAloneAsync(string uuid, SelfTestLevel level, CancellationToken ct)
    {
        IProbeProcess process;
        try
        {
            // The variable leaves the process no other device than this one.
            process = launcher.Start(["--self-test", uuid, "--level", level.ToString().ToLowerInvariant()], new Dictionary<string, string> { ["CUDA_VISIBLE_DEVICES"] = uuid });
        }
        catch (GpuProbeException error)
        {
            return Impossible(uuid, error.Message);
        }

        tracker.OwnProcess((uint)process.Id, runs: true);
        var limit = level == SelfTestLevel.Full ? FullLimit : QuickLimit;
        using var deadline = new CancellationTokenSource(limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, ct);
        try
        {
            var reader = new ProbeLineReader(process.Output);
            while (await reader.ReadAsync(either.Token).AsTask().WaitAsync(either.Token) is { } line)
            {
                if (line.Test is { } report) return report with { Uuid = uuid };
            }

            return new(uuid, SelfTestOutcome.Failed, "the test ended without a result: the driver may have ended it", 0, 0, []);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            Log.TestHangs(log, uuid, limit.TotalSeconds);
            return new(uuid, SelfTestOutcome.Failed, FormattableString.Invariant($"no result within {limit.TotalSeconds:0} s"), 0, limit.TotalMilliseconds, []);
        }
        catch (GpuProbeException error)
        {
            return Impossible(uuid, error.Message);
        }
        finally
        {
            process.Kill();
            await process.EndsAsync(EndLimit, time); // the next test must not take it for one that hangs
            _hanging = process; // ours until the next test: the driver lists it a moment longer
        }
    }

    private static partial class Log
    {
        [LoggerMessage(2050, LogLevel.Error, "The self-test of GPU {Uuid} gave no result within {Seconds:0} s", EventName = "TestHangs")]
        public static partial void TestHangs(ILogger logger, string uuid, double seconds);
    }
}
