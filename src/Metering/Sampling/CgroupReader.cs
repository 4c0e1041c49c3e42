using System.Globalization;

namespace ProviderAgent.Metering;

/// <summary>Reads a container's counters from cgroup files (version 1 and 2) and from its network namespace, without asking the engine.</summary>
/// <remarks>Not safe for concurrent use: all readings share one buffer.</remarks>
internal sealed class CgroupReader
{
    private readonly string _root;
    private readonly SmallFile _file = new();
    private readonly Dictionary<(string ContainerId, int Pid), Known> _known = [];
    private CgroupMounts? _mounts;
    private string _refusal = "";
    private int? _threads;

    /// <param name="root">Folder before every path: empty on a real host, a folder with recorded files in tests.</param>
    public CgroupReader(string root = "") => _root = root;

    private sealed record Known(ContainerFiles Files, string Memberships, string NetDev)
    {
        public bool IsUsed { get; set; }
    }

    /// <summary>Hardware threads that were online when the first container was read; 0 when the host does not say.</summary>
    /// <remarks>Not what the runtime reports: the daemon itself may be limited to a part of the host.</remarks>
    public int Threads => _threads ??= CountThreads();

    private int CountThreads()
    {
        if (_file.TryRead(Path.Join(_root, "/sys/devices/system/cpu/online"), out var text) != FileState.Read) return 0;
        var threads = 0;
        foreach (var range in text.TrimEnd((byte)'\n').Split((byte)','))
        {
            var part = text[range];
            if (!CounterText.TryLeading(part, out var first, out var used)) return 0;
            var last = first;
            if (used < part.Length && (part[used] != (byte)'-' || !CounterText.TryNumber(part[(used + 1)..], out last))) return 0;
            if (last < first || last > 1_000_000) return 0;
            threads += (int)(last - first + 1);
        }

        return threads;
    }

    /// <summary>Reads one container.</summary>
    /// <param name="container">The container.</param>
    /// <param name="reading">The numbers, when they were read.</param>
    /// <param name="refusal">The file and what is wrong with it, when they were refused.</param>
    /// <exception cref="MeteringUnavailableException">The host's cgroup mounts cannot be read.</exception>
    public ReadingState Read(MeteredContainer container, out ContainerReading reading, out string refusal)
    {
        (reading, _refusal) = (default, "");
        var state = Find(container, out var known);
        if (known is not null)
        {
            known.IsUsed = true;
            state = Read(known, container.ContainerId, out reading);
            if (state != ReadingState.Read) _known.Remove((container.ContainerId, container.Pid)); // look for its files anew next time
        }

        refusal = _refusal;
        return state;
    }

    /// <summary>Forgets the paths of containers that were not read since the last call.</summary>
    public void ForgetUnused()
    {
        foreach (var (key, known) in _known)
        {
            if (!known.IsUsed) _known.Remove(key);
            known.IsUsed = false;
        }
    }

    private ReadingState Find(MeteredContainer container, out Known? known)
    {
        var key = (container.ContainerId, container.Pid);
        if (_known.TryGetValue(key, out known)) return ReadingState.Read;

        var process = Path.Join(_root, string.Create(CultureInfo.InvariantCulture, $"/proc/{container.Pid}"));
        var memberships = Path.Join(process, "cgroup");
        if (Required(memberships, out var text) is var state && state != ReadingState.Read) return state;
        if (!ContainerFiles.IsMember(text, container.ContainerId)) return ReadingState.Gone;

        _mounts ??= CgroupMounts.Read(_root);
        if (ContainerFiles.Find(_mounts, text, container.ContainerId, _root) is not { } files)
        {
            _mounts = null; // hierarchies may be mounted later
            _refusal = $"{memberships} names no cgroup that is mounted here";
            return ReadingState.Refused;
        }

        known = new(files, memberships, Path.Join(process, "net/dev"));
        _known.Add(key, known);
        return ReadingState.Read;
    }

    private ReadingState Read(Known known, string containerId, out ContainerReading reading)
    {
        reading = default;
        var state = ReadCpu(known.Files, out var cpu);
        if (state != ReadingState.Read) return state;
        if (!TryMemory(known.Files, out reading)) return ReadingState.Refused;
        reading = reading with { CpuNanoseconds = cpu };
        state = ReadNetwork(known.NetDev, ref reading);
        if (state != ReadingState.Read) return state;

        // Last, so that everything read before belonged to the container and not to a new owner of its pid.
        state = Required(known.Memberships, out var text);
        return state == ReadingState.Read && !ContainerFiles.IsMember(text, containerId) ? ReadingState.Gone : state;
    }

    private ReadingState ReadCpu(ContainerFiles files, out long nanoseconds)
    {
        nanoseconds = 0;
        var state = Required(files.Cpu, out var text);
        if (state != ReadingState.Read) return state;
        if (!files.CpuIsStat) return CounterText.TryNumber(text, out nanoseconds) ? state : Malformed(files.Cpu);
        if (!CounterText.TryKeyed(text, "usage_usec"u8, out var microseconds) || microseconds > CounterText.Largest / 1_000) return Malformed(files.Cpu);
        nanoseconds = microseconds * 1_000;
        return state;
    }

    /// <returns>False when a file is there but makes no sense. A file that a host without the controller lacks yields null.</returns>
    private bool TryMemory(ContainerFiles files, out ContainerReading reading)
    {
        reading = default;
        if (!TryOptional(files.Memory, default, out var memory)
            || !TryOptional(files.MemoryStat, files.MemoryIsV1 ? "total_inactive_file"u8 : "inactive_file"u8, out var inactive)
            || !TryOptional(files.Oom, "oom_kill"u8, out var oomKills)
            || !TryOptional(files.Pids, default, out var pids)) return false;

        // The two files are read one after the other, so the difference can be negative for a moment.
        var workingSet = memory is { } all && inactive is { } idle ? Math.Max(0, all - idle) : memory;
        reading = new(0, memory, workingSet, pids, oomKills, null, null);
        return true;
    }

    private ReadingState ReadNetwork(string path, ref ContainerReading reading)
    {
        var state = Required(path, out var text);
        if (state != ReadingState.Read) return state;
        if (!NetDevText.TryRead(text, out var received, out var sent)) return Malformed(path);
        reading = reading with { ReceivedBytes = received, SentBytes = sent };
        return state;
    }

    private ReadingState Required(string path, out ReadOnlySpan<byte> text)
    {
        var state = _file.TryRead(path, out text);
        if (state == FileState.Unreadable) _refusal = $"{path} cannot be read";
        return state switch { FileState.Read => ReadingState.Read, FileState.Gone => ReadingState.Gone, _ => ReadingState.Refused };
    }

    private bool TryOptional(string? path, ReadOnlySpan<byte> key, out long? value)
    {
        value = null;
        if (path is null) return true;
        var state = Required(path, out var text);
        if (state != ReadingState.Read) return state == ReadingState.Gone;
        if (!(key.IsEmpty ? CounterText.TryNumber(text, out var number) : CounterText.TryKeyed(text, key, out number)))
        {
            Malformed(path);
            return false;
        }

        value = number;
        return true;
    }

    private ReadingState Malformed(string path)
    {
        _refusal = $"{path} does not hold a number in bounds";
        return ReadingState.Refused;
    }
}
