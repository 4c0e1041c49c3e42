using Microsoft.Extensions.Logging;
using ProviderAgent.Docker;
using ProviderAgent.Docker.Models;

namespace ProviderAgent.Workloads;

/// <summary>Makes sure that the engine can keep the promises of a lease before anything is run on it.</summary>
public sealed partial class EngineGate(IDockerClient engine, IEnumerable<IEngineGuest> guests, TimeProvider time, ILogger<EngineGate> log)
{
    private volatile string? _checked;
    private volatile EngineFacts? _facts;
    private long _lostAt = time.GetTimestamp();

    /// <summary>What the engine said of itself when it was last checked; null before the first time.</summary>
    public EngineFacts? Facts => _facts;

    /// <summary>Checks the engine, once for each of its starts that we see.</summary>
    /// <returns>True when it was looked at anew: it is another one, or was started since.</returns>
    /// <exception cref="EngineUnfitException">A limit or protection is missing; the message says which, and the fix.</exception>
    /// <exception cref="EngineException">The engine did not answer.</exception>
    public async Task<bool> CheckAsync(CancellationToken ct)
    {
        if (_checked is not null) return false;
        var info = await engine.System.GetSystemInfoAsync(ct);
        _facts = new(
            info.ServerVersion, info.Driver, info.CgroupVersion, info.CgroupDriver, info.DefaultRuntime, [.. info.Runtimes.Keys.Order(StringComparer.Ordinal)], info.LiveRestoreEnabled, info.DockerRootDir);
        var missing = Missing(info).ToArray();
        if (missing.Length > 0) throw new EngineUnfitException(missing);
        foreach (var guest in guests) await guest.JoinedAsync(info, ct);
        if (!info.LiveRestoreEnabled) Log.NoLiveRestore(log);
        _checked = info.ID;
        return true;
    }

    /// <summary>How long ago an engine that had been checked went away.</summary>
    public TimeSpan LostSince => time.GetElapsedTime(Volatile.Read(ref _lostAt));

    /// <summary>The engine went away: it may come back with other settings.</summary>
    public void Forget()
    {
        if (_checked is null) return;
        Volatile.Write(ref _lostAt, time.GetTimestamp());
        _checked = null;
    }

    /// <summary>What keeps this engine from enforcing a lease's limits or from keeping tenants inside.</summary>
    public static IEnumerable<string> Missing(SystemInfoResponse info)
    {
        const string cgroup = "boot the kernel with the cgroup controller enabled";
        if (!info.MemoryLimit) yield return $"memory limits ({cgroup} 'memory')";
        if (!info.SwapLimit) yield return "swap limits (boot the kernel with swapaccount=1)";
        if (!info.CPUCfsQuota) yield return $"processor limits ({cgroup} 'cpu')";
        if (!info.PidsLimit) yield return $"process limits ({cgroup} 'pids')";
        if (!info.SecurityOptions.Any(option => option.StartsWith("name=seccomp", StringComparison.Ordinal))) yield return "seccomp (use a kernel with CONFIG_SECCOMP_FILTER)";
        if (info.DefaultRuntime == "nvidia") yield return "a default runtime other than nvidia (set \"default-runtime\": \"runc\" in /etc/docker/daemon.json: with nvidia any container can open every GPU)";
    }

    private static partial class Log
    {
        [LoggerMessage(4060, LogLevel.Warning, "The engine runs without live-restore: when it restarts, tenants' containers restart too. Set \"live-restore\": true in /etc/docker/daemon.json", EventName = "NoLiveRestore")]
        public static partial void NoLiveRestore(ILogger logger);
    }
}

/// <summary>What is good to know of an engine.</summary>
/// <param name="Version">Its version.</param>
/// <param name="StorageDriver">How it stacks images, for example <c>overlay2</c>.</param>
/// <param name="CgroupVersion"><c>1</c> or <c>2</c>.</param>
/// <param name="CgroupDriver"><c>systemd</c> or <c>cgroupfs</c>.</param>
/// <param name="DefaultRuntime">What runs a container that names no runtime.</param>
/// <param name="Runtimes">All runtimes that it knows.</param>
/// <param name="LiveRestore">Containers outlive a restart of the engine.</param>
/// <param name="DataFolder">Where images, layers and volumes lie.</param>
public sealed record EngineFacts(
    string Version, string StorageDriver, string CgroupVersion, string CgroupDriver, string DefaultRuntime, IReadOnlyList<string> Runtimes, bool LiveRestore, string DataFolder);

/// <summary>The engine cannot keep the promises of a lease, so nothing is run on it.</summary>
public sealed class EngineUnfitException(IReadOnlyList<string> missing)
    : Exception($"the container engine lacks what leases need: {string.Join("; ", missing)}")
{
    public IReadOnlyList<string> Missing { get; } = missing;
}
