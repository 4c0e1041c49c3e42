using System.Globalization;
using System.Text;

namespace ProviderAgent.Metering;

/// <summary>The files that tell of one container. Null where this host has no such controller.</summary>
/// <param name="Cpu">cpuacct.usage (v1) or cpu.stat (v2).</param>
/// <param name="CpuIsStat">True for cpu.stat.</param>
/// <param name="Memory">memory.usage_in_bytes (v1) or memory.current (v2).</param>
/// <param name="MemoryStat">memory.stat.</param>
/// <param name="MemoryIsV1">Version 1 adds <c>total_</c> to the keys that include children.</param>
/// <param name="Oom">memory.oom_control (v1) or memory.events (v2).</param>
/// <param name="Pids">pids.current.</param>
internal sealed record ContainerFiles(string Cpu, bool CpuIsStat, string? Memory, string? MemoryStat, bool MemoryIsV1, string? Oom, string? Pids)
{
    /// <summary>Finds the files from a process's cgroup memberships.</summary>
    /// <param name="mounts">Where hierarchies are mounted.</param>
    /// <param name="memberships">Content of <c>/proc/&lt;pid&gt;/cgroup</c>.</param>
    /// <param name="containerId">Must stand in the paths: else the process is not (any more) one of this container.</param>
    /// <param name="root">Folder before every path; empty on a real host.</param>
    /// <returns>Null when the process does not belong to the container.</returns>
    public static ContainerFiles? Find(CgroupMounts mounts, ReadOnlySpan<byte> memberships, string containerId, string root)
    {
        var text = Encoding.UTF8.GetString(memberships);
        string? Folder(string controller) => FindFolder(mounts, text, controller, containerId) is { } folder ? Path.Join(root, folder) : null;

        var unified = mounts.Unified is null ? null : Folder("");
        var cpu = Folder("cpuacct");
        var memory = Folder("memory");
        var pids = Folder("pids");
        if ((cpu ?? unified) is not { } cpuFolder) return null;
        return new(
            Path.Join(cpuFolder, cpu is null ? "cpu.stat" : "cpuacct.usage"),
            cpu is null,
            Join(memory, "memory.usage_in_bytes") ?? Join(unified, "memory.current"),
            Join(memory ?? unified, "memory.stat"),
            memory is not null,
            Join(memory, "memory.oom_control") ?? Join(unified, "memory.events"),
            Join(pids ?? unified, "pids.current"));
    }

    /// <summary>True when the process still belongs to the container: a pid that was given to another process would tell that one's network.</summary>
    public static bool IsMember(ReadOnlySpan<byte> memberships, string containerId)
    {
        if (containerId.Length is 0 or > 256) return false;
        Span<byte> id = stackalloc byte[containerId.Length];
        return Encoding.ASCII.TryGetBytes(containerId, id, out var length) && memberships.IndexOf(id[..length]) >= 0;
    }

    private static string? FindFolder(CgroupMounts mounts, string memberships, string controller, string containerId)
    {
        var mount = controller.Length == 0 ? mounts.Unified : mounts.ByController.GetValueOrDefault(controller);
        if (mount is null) return null;
        foreach (var line in memberships.Split('\n'))
        {
            // number:controllers:path, where the path may contain colons
            var parts = line.Split(':', 3);
            if (parts.Length < 3 || !parts[1].Split(',').Contains(controller, StringComparer.Ordinal)) continue;
            if (controller.Length == 0 && parts[0] != "0") continue;
            return UpToContainer(parts[2], containerId) is { } path && Below(path, mount.Root) is { } below ? mount.Folder + below : null;
        }

        return null;
    }

    /// <summary>Cuts the path after the part that carries the container's id: the container may have cgroups of its own below.</summary>
    private static string? UpToContainer(string path, string containerId)
    {
        var at = path.IndexOf(containerId, StringComparison.Ordinal);
        if (at < 0 || path.Split('/').Contains("..", StringComparer.Ordinal)) return null;
        var end = path.IndexOf('/', at);
        return end < 0 ? path : path[..end];
    }

    private static string? Below(string path, string mountRoot)
    {
        if (mountRoot == "/") return path;
        return path.StartsWith(string.Create(CultureInfo.InvariantCulture, $"{mountRoot}/"), StringComparison.Ordinal) ? path[mountRoot.Length..] : null;
    }

    private static string? Join(string? folder, string file) => folder is null ? null : Path.Join(folder, file);
}
