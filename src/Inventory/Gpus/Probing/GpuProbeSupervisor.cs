using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace ProviderAgent.Inventory;

/// <summary>Who is told what the probe found.</summary>
internal interface IGpuFindings
{
    void Swept(GpuSweep sweep);

    void Reported(XidReport xid);

    /// <summary>The probe does not answer, cannot be started or makes no sense: nothing is known of the GPUs at the moment.</summary>
    void Unknown(string problem);
}

/// <summary>Keeps a probe process running and reads it. The driver may hang in the kernel: that ends in a finding here, never in a wait.</summary>
internal sealed partial class GpuProbeSupervisor(
    IProbeLauncher launcher, GpuPresence presence, IGpuFindings findings, IOptionsMonitor<InventoryOptions> options, TimeProvider time, ILogger<GpuProbeSupervisor> log) : BackgroundService
{
    /// <summary>How long after a sweep was due it is waited for. With the shortest default period the finding stands within 9 s.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(4);

    private static readonly TimeSpan ShortestPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    private IProbeProcess? _abandoned;
    private volatile int _pid;

    /// <summary>The probe's process; zero while none runs. Its own use of a GPU is not foreign.</summary>
    public int ProcessId => _pid;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var pause = ShortestPause;
        try
        {
            while (!stoppingToken.IsCancellationRequested)
            {
                if (!IsWanted())
                {
                    findings.Swept(new() { Source = "none", Code = NvmlReturn.LibraryNotFound });
                    await Task.Delay(LongestPause, time, stoppingToken);
                    continue;
                }

                // One that hangs in the kernel keeps what it holds; another one would only hang beside it.
                if (_abandoned is { HasExited: true }) Forget();
                var sweeps = _abandoned is null ? await RunOnceAsync(stoppingToken) : 0;
                pause = sweeps > 0 ? ShortestPause : TimeSpan.FromTicks(Math.Min(pause.Ticks * 2, LongestPause.Ticks));
                await Task.Delay(pause, time, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
        finally
        {
            Forget();
        }
    }

    private bool IsWanted() => options.CurrentValue.Gpu.Probe switch
    {
        GpuProbing.Always => true,
        GpuProbing.Never => false,
        _ => presence.IsLikely(),
    };

    /// <summary>One life of the process.</summary>
    /// <returns>How many sweeps it made.</returns>
    internal async Task<int> RunOnceAsync(CancellationToken ct)
    {
        var period = options.CurrentValue.Gpu.ProbeInterval;
        IProbeProcess process;
        try
        {
            process = launcher.Start(["--period", FormattableString.Invariant($"{period.TotalMilliseconds:0}")]);
        }
        catch (GpuProbeException error)
        {
            Tell(error.Message);
            return 0;
        }

        _pid = process.Id;
        var sweeps = 0;
        string? stuck = null;
        var reader = new ProbeLineReader(process.Output);
        try
        {
            while (true)
            {
                using var limit = new CancellationTokenSource(period + Patience, time);
                using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, ct);
                var swept = false;
                while (!swept)
                {
                    ProbeLine? line;
                    try
                    {
                        line = await reader.ReadAsync(either.Token).AsTask().WaitAsync(either.Token);
                    }
                    catch (OperationCanceledException) when (!ct.IsCancellationRequested)
                    {
                        Tell($"the GPU driver does not answer{(stuck is null ? "" : $": {stuck} does not return")}; if it stays so, reboot this machine");
                        return sweeps;
                    }

                    if (line is null)
                    {
                        if (sweeps == 0) Tell("the GPU probe ended before it found anything: run 'provider-agent gpu-probe --once' to see why");
                        return sweeps;
                    }

                    if (line.Stuck is { Length: <= 256 } call)
                    {
                        stuck = call;
                        Log.CallHangs(log, call);
                    }

                    if (line.Xid is { } xid) findings.Reported(xid);
                    if (line.Sweep is not { } sweep) continue;
                    (swept, stuck) = (true, null);
                    sweeps++;
                    findings.Swept(sweep);
                }
            }
        }
        catch (GpuProbeException error)
        {
            Tell(error.Message);
            return 0;
        }
        finally
        {
            _pid = 0;
            process.Kill();
            _abandoned = process;
        }
    }

    private void Tell(string problem)
    {
        Log.NothingKnown(log, problem);
        findings.Unknown(problem);
    }

    private void Forget()
    {
        _abandoned?.Dispose();
        _abandoned = null;
    }

    private static partial class Log
    {
        [LoggerMessage(2020, LogLevel.Warning, "Nothing is known of the GPUs at the moment: {Problem}; leases go on, no GPU is sold", EventName = "NothingKnown")]
        public static partial void NothingKnown(ILogger logger, string problem);

        [LoggerMessage(2021, LogLevel.Warning, "The GPU driver hangs in {Call}", EventName = "CallHangs")]
        public static partial void CallHangs(ILogger logger, string call);
    }
}
