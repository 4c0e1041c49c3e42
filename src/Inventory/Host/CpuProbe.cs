using System.Globalization;
using System.Runtime.InteropServices;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Inventory;

/// <summary>How much processor time there is: the threads that are online, less what a processor set, an affinity or a quota takes away.</summary>
/// <remarks>
/// Only limits that bind every process count: those at the root of the control groups that can be seen (that of a surrounding
/// container or virtual machine) and the affinity of the first process. A limit on this daemon's own unit does not bind the
/// containers that the engine starts.
/// </remarks>
internal sealed class CpuProbe(HostFiles files)
{
    private const string CgroupRoot = "/sys/fs/cgroup";

    public (MilliCpu Cpu, string Model) Read(List<string> limits)
    {
        const string OnlineFile = "/sys/devices/system/cpu/online";
        var cpus = CpuList.Parse(files.Read(OnlineFile), OnlineFile);
        Restrict(cpus, $"{CgroupRoot}/cpuset.cpus.effective", "processor set", limits);
        Restrict(cpus, $"{CgroupRoot}/cpuset/cpuset.effective_cpus", "processor set", limits);
        RestrictByAffinity(cpus, limits);
        if (cpus.Count == 0) throw new HostProbeException("no processor is left after processor set and affinity: check the cpuset of this machine or container");

        var cpu = new MilliCpu(1000L * cpus.Count);
        if (ReadQuota() is { } quota && quota < cpu)
        {
            limits.Add($"the control group's processor quota allows {quota} of {cpu}");
            cpu = quota;
        }

        return (cpu, ReadModel());
    }

    private void Restrict(HashSet<int> cpus, string path, string what, List<string> limits)
    {
        // An empty list is how version 1 says that nothing was set.
        if (files.TryRead(path) is { } text && CpuList.Parse(text, path) is { Count: > 0 } allowed) Intersect(cpus, allowed, what, limits);
    }

    private void RestrictByAffinity(HashSet<int> cpus, List<string> limits)
    {
        // Process 1 can be hidden from us (hidepid, ProtectProc=); our own affinity comes from it unless somebody changed it.
        foreach (var path in (string[])["/proc/1/status", "/proc/self/status"])
        {
            if (files.TryRead(path) is not { } status || HostFiles.Field(status, "Cpus_allowed_list") is not { } list) continue;
            Intersect(cpus, CpuList.Parse(list, path), "processor affinity", limits);
            return;
        }
    }

    private static void Intersect(HashSet<int> cpus, HashSet<int> allowed, string what, List<string> limits)
    {
        var before = cpus.Count;
        cpus.IntersectWith(allowed);
        if (cpus.Count < before) limits.Add(string.Create(CultureInfo.InvariantCulture, $"the {what} allows {cpus.Count} of {before} threads"));
    }

    /// <summary>Null when there is no quota.</summary>
    private MilliCpu? ReadQuota()
    {
        if (files.TryRead($"{CgroupRoot}/cpu.max") is { } unified)
        {
            var part = unified.Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries);
            return part is ["max", ..] ? null : Quota(part.ElementAtOrDefault(0), part.ElementAtOrDefault(1), $"{CgroupRoot}/cpu.max");
        }

        foreach (var folder in (string[])[$"{CgroupRoot}/cpu", $"{CgroupRoot}/cpu,cpuacct"])
        {
            if (files.TryRead($"{folder}/cpu.cfs_quota_us") is not { } quota) continue;
            return quota.Trim() == "-1" ? null : Quota(quota.Trim(), files.TryRead($"{folder}/cpu.cfs_period_us")?.Trim(), folder);
        }

        return null;
    }

    private static MilliCpu Quota(string? quota, string? period, string source) =>
        long.TryParse(quota, NumberStyles.None, CultureInfo.InvariantCulture, out var micros)
        && long.TryParse(period, NumberStyles.None, CultureInfo.InvariantCulture, out var each)
        && micros is > 0 and < long.MaxValue / 1000 && each > 0
            ? new MilliCpu(micros * 1000 / each)
            : throw new HostProbeException($"{source} holds '{quota} {period}', which is not a processor quota");

    private string ReadModel()
    {
        var text = files.TryRead("/proc/cpuinfo") ?? "";
        var model = HostFiles.Field(text, "model name") ?? HostFiles.Field(text, "Model") ?? HostFiles.Field(text, "cpu model");
        return string.IsNullOrWhiteSpace(model) ? RuntimeInformation.OSArchitecture.ToString() : model;
    }
}
