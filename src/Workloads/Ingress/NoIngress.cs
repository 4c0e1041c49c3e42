using Microsoft.Extensions.Logging;

namespace ProviderAgent.Workloads;

/// <summary>For hosts that have a proxy of their own: serves nothing, and ends what an earlier setting left serving.</summary>
internal sealed partial class NoIngress(IngressFolder folder, TimeProvider time, ILogger<NoIngress> log) : IIngress
{
    /// <inheritdoc/>
    public Task<IngressReport> ApplyAsync(IngressTable table, CancellationToken ct)
    {
        var paths = new NginxPaths(NginxDriver.OwnFolder(folder));
        if (File.Exists(paths.Config))
        {
            var processes = new NginxProcesses(paths, time);
            if (processes.FindMaster() is { } master)
            {
                Log.Left(log, master);
                NginxProcesses.Leave(master);
            }
            else
            {
                // Of a master that was killed: they would keep the ports from the host's own proxy.
                processes.SendOrphansHome();
            }

            File.Delete(paths.Config);
        }

        return Task.FromResult(new IngressReport(IsServing: false, Problem: null));
    }

    /// <inheritdoc/>
    public Task<IngressReport> ResumeAsync(CancellationToken ct) => Task.FromResult(new IngressReport(IsServing: false, Problem: null));

    private static partial class Log
    {
        [LoggerMessage(4305, LogLevel.Information, "ingress.mode is none: the nginx from before (process {Pid}) finishes what is open and ends", EventName = "IngressLeft")]
        public static partial void Left(ILogger logger, int pid);
    }
}
