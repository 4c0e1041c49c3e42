using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Inventory;

/// <summary>Looks at the hardware again and again and tells the book; lets lapsed reservations go.</summary>
/// <remarks>Never stops the daemon: a host that cannot be measured sells nothing, but what is leased goes on.</remarks>
internal sealed partial class HostMonitor(
    IHostProbe probe, ReservationBook book, InventoryMetrics metrics, IOptionsMonitor<InventoryOptions> options, TimeProvider time, ILogger<HostMonitor> log)
    : BackgroundService
{
    // A file system that does not answer (a dead network mount) blocks the call for good; nothing local takes this long.
    private static readonly TimeSpan ProbeDeadline = TimeSpan.FromSeconds(10);

    private Task<HostResources>? _running;
    private HostResources? _last;
    private string? _problem;

    /// <summary>Measures once before anything else of the daemon asks what there is.</summary>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await LookAsync(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.CurrentValue.ProbeInterval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            await LookAsync(stoppingToken);
            book.ExpireDue();
            timer.Period = options.CurrentValue.ProbeInterval;
        }
    }

    internal async Task LookAsync(CancellationToken ct)
    {
        // A look that hangs is not started a second time: each would hold a thread.
        _running ??= Task.Run(probe.Measure, CancellationToken.None);
        try
        {
            var host = await _running.WaitAsync(ProbeDeadline, time, ct);
            _running = null;
            Accept(host);
        }
        catch (TimeoutException)
        {
            Reject($"the hardware did not answer within {ProbeDeadline.TotalSeconds:0} s: does the file system of the engine's data folder hang?");
        }
        catch (HostProbeException e)
        {
            _running = null;
            Reject(e.Message);
        }
    }

    private void Accept(HostResources host)
    {
        book.Measured(host, options.CurrentValue);
        if (_last is null || _last.Cpu != host.Cpu || _last.Memory != host.Memory || _last.DiskTotal != host.DiskTotal || !_last.Limits.Equals(host.Limits))
            Log.HostMeasured(log, host.Cpu, host.CpuModel, host.Memory, host.DiskFree, host.DiskTotal, Text(host.Limits));
        else if (_problem is not null) Log.HostAnswersAgain(log);
        (_last, _problem) = (host, null);
    }

    private static string Text(ValueList<string> limits) => limits.Count == 0 ? "none" : string.Join("; ", limits);

    private void Reject(string problem)
    {
        metrics.ProbeFailed();
        book.Unmeasured($"the host cannot be measured: {problem}");
        if (_problem == problem) Log.HostStillUnmeasured(log, problem);
        else Log.HostUnmeasured(log, problem);
        _problem = problem;
    }
}
