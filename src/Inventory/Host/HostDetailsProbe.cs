using System.Globalization;
using System.Runtime.InteropServices;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Inventory;

/// <summary>Reads <see cref="HostDetails"/> from <c>/proc</c> and <c>/sys</c>.</summary>
internal sealed class HostDetailsProbe(HostFiles files)
{
    private const int SectorBytes = 512;
    private const long MaxSectors = (1L << 60) / SectorBytes;

    // Made of other disks, of memory, or removable: not what a host is sold by.
    private static readonly string[] VirtualDisks = ["loop", "ram", "zram", "dm-", "md", "sr", "fd", "nbd"];

    public HostDetails Read()
    {
        var cpuinfo = files.TryRead("/proc/cpuinfo") ?? "";
        return new(
            HostFiles.Field(cpuinfo, "vendor_id") ?? HostFiles.Field(cpuinfo, "CPU implementer") ?? "",
            RuntimeInformation.OSArchitecture.ToString().ToLowerInvariant(),
            Threads(),
            files.TryRead("/sys/devices/system/cpu/smt/active")?.Trim() switch { "1" => true, "0" => false, _ => null },
            files.TryRead("/proc/sys/kernel/osrelease")?.Trim() ?? "",
            Numa(),
            Disks(),
            Interfaces());
    }

    private int Threads()
    {
        const string Online = "/sys/devices/system/cpu/online";
        return files.TryRead(Online) is { } text ? CpuList.Parse(text, Online).Count : 0;
    }

    private ValueList<NumaNode> Numa()
    {
        const string Folder = "/sys/devices/system/node";
        var nodes = new List<NumaNode>();
        foreach (var name in files.List(Folder))
        {
            if (!name.StartsWith("node", StringComparison.Ordinal) || !int.TryParse(name.AsSpan(4), NumberStyles.None, CultureInfo.InvariantCulture, out var number)) continue;

            // Lines read "Node 0 MemTotal:  16314224 kB".
            foreach (var line in (files.TryRead($"{Folder}/{name}/meminfo") ?? "").Split('\n'))
            {
                var part = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
                if (part is ["Node", _, "MemTotal:", var kib, "kB"] && long.TryParse(kib, NumberStyles.None, CultureInfo.InvariantCulture, out var amount) && amount < long.MaxValue / ByteSize.KiB)
                    nodes.Add(new(number, new(amount * ByteSize.KiB)));
            }
        }

        return nodes.OrderBy(node => node.Number).ToValueList();
    }

    private ValueList<DiskDevice> Disks()
    {
        const string Folder = "/sys/block";
        var disks = new List<DiskDevice>();
        foreach (var name in files.List(Folder).Where(name => !VirtualDisks.Any(kind => name.StartsWith(kind, StringComparison.Ordinal))))
        {
            if (Number($"{Folder}/{name}/size") is not (> 0 and <= MaxSectors and var sectors) || Number($"{Folder}/{name}/removable") == 1) continue;
            var kind = name.StartsWith("nvme", StringComparison.Ordinal) ? "nvme" : Number($"{Folder}/{name}/queue/rotational") == 1 ? "hdd" : "ssd";
            disks.Add(new(name, kind, new(sectors * SectorBytes), files.TryRead($"{Folder}/{name}/device/model")?.Trim() ?? ""));
        }

        return disks.OrderBy(disk => disk.Name, StringComparer.Ordinal).ToValueList();
    }

    private ValueList<NetworkDevice> Interfaces()
    {
        const string Folder = "/sys/class/net";
        var interfaces = new List<NetworkDevice>();
        foreach (var name in files.List(Folder))
        {
            // Bridges, tunnels and the ends of containers have no device behind them.
            if (files.LinkName($"{Folder}/{name}/device") is null) continue;
            var isUp = files.TryRead($"{Folder}/{name}/operstate")?.Trim() == "up";
            interfaces.Add(new(name, isUp, Number($"{Folder}/{name}/speed") is > 0 and <= 10_000_000 and var speed ? (int)speed : null));
        }

        return interfaces.OrderBy(one => one.Name, StringComparer.Ordinal).ToValueList();
    }

    /// <summary>Null also where the kernel refuses: it does for the speed of an interface without a link.</summary>
    private long? Number(string path)
    {
        try
        {
            return long.TryParse(files.TryRead(path)?.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : null;
        }
        catch (HostProbeException)
        {
            return null;
        }
    }
}
