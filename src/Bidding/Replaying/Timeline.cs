namespace ProviderAgent.Bidding;

/// <summary>Income and utilisation over time in a bounded number of steps, which grow longer as time goes on.</summary>
public sealed class Timeline
{
    /// <summary>Most steps; when there are more, two at a time become one.</summary>
    public const int MaxSteps = 512;

    private readonly List<Sums> _steps = [];
    private DateTimeOffset? _start;

    /// <summary>Length of each step.</summary>
    public TimeSpan Step { get; private set; } = TimeSpan.FromMinutes(1);

    /// <summary>The steps so far, in order and without gaps.</summary>
    public IReadOnlyList<TimelineStep> Steps =>
        [.. _steps.Select((sums, i) => new TimelineStep(Start + (i * Step), sums.IncomeUsd, sums.Seconds <= 0 ? new(0, 0, 0, 0) : sums.Mean))];

    /// <summary>The mean over all of the time.</summary>
    public CapacityUse Mean
    {
        get
        {
            var all = new Sums();
            foreach (var step in _steps) all.Add(step);
            return all.Seconds <= 0 ? new(0, 0, 0, 0) : all.Mean;
        }
    }

    private DateTimeOffset Start => _start ?? DateTimeOffset.UnixEpoch;

    /// <summary>A stretch of time in which the host was used so far.</summary>
    internal void Used(DateTimeOffset from, DateTimeOffset to, CapacityUse use)
    {
        Reach(from, to);
        while (from < to)
        {
            var at = IndexOf(from);
            var end = Start + ((at + 1) * Step);
            if (end > to) end = to;
            _steps[at].Use((end - from).TotalSeconds, use);
            from = end;
        }
    }

    /// <summary>Income that was won at a moment.</summary>
    internal void Earned(DateTimeOffset at, double usd)
    {
        Reach(at, at + TimeSpan.FromTicks(1));
        _steps[IndexOf(at)].IncomeUsd += usd;
    }

    private int IndexOf(DateTimeOffset at) => (int)Math.Clamp((at - Start) / Step, 0, _steps.Count - 1);

    private void Reach(DateTimeOffset from, DateTimeOffset to)
    {
        _start ??= from;
        while ((to - Start) / Step > MaxSteps)
        {
            for (var i = 0; i < (_steps.Count + 1) / 2; i++)
            {
                if (i > 0) _steps[i] = _steps[2 * i];
                if ((2 * i) + 1 < _steps.Count) _steps[i].Add(_steps[(2 * i) + 1]);
            }

            _steps.RemoveRange((_steps.Count + 1) / 2, _steps.Count / 2);
            Step *= 2;
        }

        while (Start + (_steps.Count * Step) < to) _steps.Add(new());
    }

    private sealed class Sums
    {
        private double _cpu, _memory, _storage, _gpus;

        public double Seconds { get; private set; }

        public double IncomeUsd { get; set; }

        public CapacityUse Mean => new(_cpu / Seconds, _memory / Seconds, _storage / Seconds, _gpus / Seconds);

        public void Use(double seconds, CapacityUse use)
        {
            Seconds += seconds;
            _cpu += seconds * use.Cpu;
            _memory += seconds * use.Memory;
            _storage += seconds * use.Storage;
            _gpus += seconds * use.Gpus;
        }

        public void Add(Sums other)
        {
            if (other.Seconds > 0) Use(other.Seconds, other.Mean);
            IncomeUsd += other.IncomeUsd;
        }
    }
}

/// <param name="From">When the step begins.</param>
/// <param name="IncomeUsd">What the leases that were won in it pay, all their length.</param>
/// <param name="Use">Part of the host that was leased, on average.</param>
public sealed record TimelineStep(DateTimeOffset From, double IncomeUsd, CapacityUse Use);
