namespace ProviderAgent.Metering;

/// <summary>The account of one run of a container: turns readings into intervals without losing or inventing anything. Pure: no clock, no storage.</summary>
/// <remarks>
/// Amounts gather until they are stored, so a storage that fails for a while costs detail, not usage. Fractions of a byte-second and
/// of a millisecond are carried on, so the sum over any sampling pattern is exact. A counter that falls (an interface was replaced)
/// counts as no use and is followed from its new value.
/// </remarks>
internal sealed class ContainerTrack
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(1);

    // Clocks drift and are slewed; only a larger step of the wall clock ahead of monotonic time (a suspended host) is time unobserved.
    private static readonly TimeSpan ClockTolerance = TimeSpan.FromSeconds(1);

    // Memory is accounted in half byte-ticks: the sum of two readings, times 100 ns.
    private const long UnitsPerByteSecond = 2 * TimeSpan.TicksPerSecond;

    private readonly MeteredContainer _container;

    // Up to here everything is stored.
    private DateTimeOffset _storedTo;

    // The latest reading.
    private DateTimeOffset _to;
    private CounterReading _counters;
    private long? _memory;
    private bool _isObserved;

    // Not stored yet.
    private long _cpu;
    private long _received;
    private long _sent;
    private Int128 _memoryUnits;
    private TimeSpan _measured;
    private TimeSpan _gap;
    private MeteredInterval? _doubtful;

    /// <param name="container">The container's run.</param>
    /// <param name="stored">Where its stored usage ends; null when it begins with its start, when all counters were zero.</param>
    public ContainerTrack(MeteredContainer container, MeteredEnd? stored)
    {
        _container = container;
        _counters = stored?.Counters ?? default;
        _storedTo = _to = ToMs(stored?.At ?? container.StartedAt);
    }

    /// <summary>True when it is unknown whether the last interval was stored: ask the log, then call <see cref="Resolve"/>.</summary>
    public bool IsDoubtful => _doubtful is not null;

    /// <summary>Takes a reading in.</summary>
    /// <param name="reading">What the kernel says.</param>
    /// <param name="elapsed">Monotonic time since the last accepted reading; null at the first one of this process.</param>
    /// <param name="wall">Wall time of the reading.</param>
    /// <param name="longest">The longest time between two readings for which memory counts as observed.</param>
    /// <param name="threads">Hardware threads of the host; 0 when unknown.</param>
    /// <returns>False when the reading is impossible and was left out.</returns>
    public bool TryObserve(in ContainerReading reading, TimeSpan? elapsed, DateTimeOffset wall, TimeSpan longest, int threads)
    {
        var span = elapsed ?? TimeSpan.Zero;
        if (_isObserved && IsTooMuchCpu(reading.CpuNanoseconds - _counters.CpuNanoseconds, span, threads)) return false;
        if (_isObserved && span < Tick) return true; // two samples in one moment; the next one takes everything in

        Observe(reading, span, Advance(wall, span), longest);
        return true;
    }

    /// <summary>Forgets the memory reading: the time until the next one will be a gap.</summary>
    public void Miss() => _memory = null;

    /// <summary>What is not stored yet; null when nothing was observed since.</summary>
    public MeteredInterval? Pending() => !_isObserved || _to <= _storedTo
        ? null
        : new(_container, _storedTo, _to, _cpu, (long)(_memoryUnits / UnitsPerByteSecond), _received, _sent, Floor(_measured), Floor(_gap), _counters);

    /// <summary>The interval is stored.</summary>
    public void Stored(MeteredInterval interval)
    {
        _doubtful = null;
        _storedTo = interval.To;
        _cpu -= interval.CpuNanoseconds;
        _received -= interval.ReceivedBytes;
        _sent -= interval.SentBytes;
        _memoryUnits -= (Int128)interval.MemoryByteSeconds * UnitsPerByteSecond;
        _measured -= interval.Measured;
        _gap -= interval.Gap;
    }

    /// <summary>Storing the interval failed without an answer.</summary>
    public void Doubt(MeteredInterval interval) => _doubtful = interval;

    /// <summary>Settles a doubt by what the log holds.</summary>
    public void Resolve(MeteredEnd? end)
    {
        if (_doubtful is { } interval && end?.At == interval.To) Stored(interval);
        _doubtful = null;
    }

    /// <summary>The log is ahead of this account: continue where it ends.</summary>
    public void Rebase(MeteredEnd end)
    {
        _doubtful = null;
        _storedTo = ToMs(end.At);
        _cpu = Math.Max(0, _counters.CpuNanoseconds - end.Counters.CpuNanoseconds);
        _received = Math.Max(0, _counters.ReceivedBytes - end.Counters.ReceivedBytes);
        _sent = Math.Max(0, _counters.SentBytes - end.Counters.SentBytes);
        (_memoryUnits, _measured, _gap) = (0, TimeSpan.Zero, _to > _storedTo ? _to - _storedTo : TimeSpan.Zero);
        if (_to < _storedTo) _to = _storedTo;
    }

    private void Observe(in ContainerReading reading, TimeSpan span, TimeSpan shown, TimeSpan longest)
    {
        if (_isObserved && span <= longest && _memory is { } before && reading.WorkingSetBytes is { } now)
        {
            _memoryUnits += ((Int128)before + now) * span.Ticks;
            _measured += span;
            if (shown - span > ClockTolerance) _gap += shown - span;
        }
        else
        {
            _gap += shown > span ? shown : span;
        }

        _cpu += Math.Max(0, reading.CpuNanoseconds - _counters.CpuNanoseconds);
        var received = reading.ReceivedBytes ?? _counters.ReceivedBytes;
        var sent = reading.SentBytes ?? _counters.SentBytes;
        _received += Math.Max(0, received - _counters.ReceivedBytes);
        _sent += Math.Max(0, sent - _counters.SentBytes);
        _counters = new(reading.CpuNanoseconds, received, sent);
        _memory = reading.WorkingSetBytes;
        _isObserved = true;
    }

    /// <summary>Moves the shown end of the account: with the wall clock while that goes forward, with monotonic time after it was set back.</summary>
    /// <returns>By how much it moved.</returns>
    private TimeSpan Advance(DateTimeOffset wall, TimeSpan span)
    {
        var before = _to;
        var now = ToMs(wall);
        var least = before + (span > Tick ? Floor(span) : Tick);
        _to = now > before ? now : least;
        return _to - before;
    }

    /// <summary>No container can use more than all threads all the time; a quarter and a second more allow for the moment between clock and counter.</summary>
    private static bool IsTooMuchCpu(long nanoseconds, TimeSpan span, int threads) =>
        threads > 0 && nanoseconds > ((Int128)span.Ticks * 100 * threads * 5 / 4) + 1_000_000_000;

    private static DateTimeOffset ToMs(DateTimeOffset time) => DateTimeOffset.FromUnixTimeMilliseconds(time.ToUnixTimeMilliseconds());

    private static TimeSpan Floor(TimeSpan span) => TimeSpan.FromTicks(span.Ticks - (span.Ticks % TimeSpan.TicksPerMillisecond));
}
