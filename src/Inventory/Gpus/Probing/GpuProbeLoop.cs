using System.Text.Json;

namespace ProviderAgent.Inventory;

/// <summary>What the probe's process does: sweep, wait for events, sweep again, one JSON line for each finding.</summary>
/// <remarks>Runs until told to stop, its reader is gone, or the library on disk is another one than the loaded one.</remarks>
internal sealed class GpuProbeLoop : IDisposable
{
    /// <summary>After this long a call counts as hanging and is named.</summary>
    public static readonly TimeSpan StuckAfter = TimeSpan.FromSeconds(2);

    // So that an end is noticed soon although the library is waiting.
    private static readonly TimeSpan WaitSlice = TimeSpan.FromSeconds(1);

    private readonly NvmlReader _reader;
    private readonly FallbackReader _fallback;
    private readonly SmiReader? _smi;
    private readonly LoadedLibrary _library;
    private readonly Stream _output;
    private readonly TimeProvider _time;
    private readonly ProbeStep _step;
    private readonly Lock _gate = new();
    private readonly ITimer _watch;
    private long _reported;

    public GpuProbeLoop(HostFiles files, SmiReader? smi, LoadedLibrary library, Stream output, TimeProvider time)
    {
        _step = new(time);
        _reader = new(new(_step), _step, files);
        _fallback = new(files);
        _smi = smi;
        _library = library;
        _output = output;
        _time = time;
        _watch = time.CreateTimer(_ => ReportStuck(), null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));
    }

    /// <param name="period">From one sweep to the next.</param>
    /// <param name="once">End after the first sweep.</param>
    /// <param name="ct">Ends the loop between two calls.</param>
    public void Run(TimeSpan period, bool once, CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            var begun = _time.GetTimestamp();
            var sweep = _reader.Read();
            if (sweep.Source == "none") sweep = (_smi?.Complete(sweep, ct) ?? sweep) is { Source: "nvidia-smi" } answered ? answered : _fallback.Complete(sweep);
            Write(new() { Sweep = sweep });
            if (once) break;
            while (!ct.IsCancellationRequested && period - _time.GetElapsedTime(begun) is var left && left > TimeSpan.Zero)
            {
                var slice = left < WaitSlice ? left : WaitSlice;
                if (_reader.WaitForXid(slice, out var canWait) is { } xid) Write(new() { Xid = xid });
                if (!canWait) ct.WaitHandle.WaitOne(slice);
            }

            // A driver that was upgraded meanwhile is met by a process that loads it anew.
            if (_library.WasReplaced()) break;
        }

        _reader.Stop();
    }

    public void Dispose() => _watch.Dispose();

    private void ReportStuck()
    {
        if (_step.Overdue(StuckAfter, out var since) is not { } call || Interlocked.Exchange(ref _reported, since) == since) return;
        try
        {
            Write(new() { Stuck = call });
        }
        catch (IOException)
        {
            // Nobody reads any more; the loop ends by the same.
        }
    }

    private void Write(ProbeLine line)
    {
        var bytes = JsonSerializer.SerializeToUtf8Bytes(line, ProbeJson.Default.ProbeLine);
        lock (_gate)
        {
            _output.Write(bytes);
            _output.WriteByte((byte)'\n');
            _output.Flush();
        }
    }
}

/// <summary>Tells whether the library on disk is still the one that this process has loaded.</summary>
/// <param name="files">Where <c>/proc/self/maps</c> is read.</param>
internal sealed class LoadedLibrary(HostFiles files)
{
    private const int Every = 3;
    private int _turn;

    /// <summary>Looks at each third call: the list of mappings is long.</summary>
    public bool WasReplaced()
    {
        if (++_turn % Every != 0) return false;
        foreach (var line in (files.TryRead("/proc/self/maps") ?? "").AsSpan().EnumerateLines())
        {
            if (line.Contains("/libnvidia-ml.so", StringComparison.Ordinal) && line.EndsWith(" (deleted)", StringComparison.Ordinal)) return true;
        }

        return false;
    }
}
