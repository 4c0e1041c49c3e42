using System.Globalization;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Inventory;

/// <summary>How much memory there is: what the kernel manages, or less when the surrounding container has a limit.</summary>
internal sealed class MemoryProbe(HostFiles files)
{
    // Below the first no container runs; above the second no machine exists: such a number is a misread one.
    private const long MinBytes = 64 * ByteSize.MiB;
    private const long MaxBytes = 256 * ByteSize.TiB;

    // Root of the control groups that can be seen; see CpuProbe for why deeper ones do not count.
    private static readonly string[] LimitFiles = ["/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"];

    public ByteSize Read(List<string> limits)
    {
        var total = ReadTotal();
        foreach (var path in LimitFiles)
        {
            if (files.TryRead(path)?.Trim() is not { } text || text == "max") continue;
            if (!long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var bytes))
                throw new HostProbeException($"{path} holds '{text}', which is not a number of bytes");
            if (bytes >= total.Bytes) continue; // version 1 writes "no limit" as a huge number
            limits.Add($"the control group's memory limit allows {new ByteSize(bytes)} of {total}");
            total = new(bytes);
        }

        return total;
    }

    private ByteSize ReadTotal()
    {
        var line = HostFiles.Field(files.Read("/proc/meminfo"), "MemTotal")
            ?? throw new HostProbeException("/proc/meminfo has no MemTotal: the amount of memory is unknown");
        if (!line.EndsWith(" kB", StringComparison.Ordinal)
            || !long.TryParse(line.AsSpan(0, line.Length - 3).Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var kib)
            || kib is < MinBytes / ByteSize.KiB or > MaxBytes / ByteSize.KiB)
            throw new HostProbeException($"/proc/meminfo says '{line}' of memory, which cannot be right");
        return new(kib * ByteSize.KiB);
    }
}
