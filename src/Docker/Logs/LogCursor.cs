namespace ProviderAgent.Docker;

/// <summary>How far a log has been read, to go on after a break without a gap and without a line twice.</summary>
/// <remarks>
/// Kept for each output apart: the engine stamps each of the two in order, but may write a line of one after a slightly later line of the
/// other. If the host's clock is set back, lines from before the step may come twice; none is left out by this class.
/// </remarks>
/// <param name="Stdout">Null before its first line.</param>
/// <param name="Stderr">Null before its first line.</param>
public readonly record struct LogCursor(LogPosition? Stdout, LogPosition? Stderr)
{
    /// <summary>How far the two outputs of one container can be out of order in its log; measured in microseconds, taken with room.</summary>
    private const int SlackSeconds = 1;

    /// <summary>Where to ask the engine to begin again; null when nothing has been read.</summary>
    public EngineTime? Since
    {
        get
        {
            if (Stdout is not { } one) return Stderr?.Time.AddSeconds(-SlackSeconds);
            if (Stderr is not { } other) return one.Time.AddSeconds(-SlackSeconds);
            var (oldest, newest) = one.Time <= other.Time ? (one.Time, other.Time) : (other.Time, one.Time);
            var slack = newest.AddSeconds(-SlackSeconds);
            return oldest > slack ? oldest : slack;
        }
    }

    internal LogPosition? this[MultiplexedStream.TargetStream stream] => stream == MultiplexedStream.TargetStream.StandardError ? Stderr : Stdout;

    internal LogCursor With(MultiplexedStream.TargetStream stream, LogPosition position) =>
        stream == MultiplexedStream.TargetStream.StandardError ? this with { Stderr = position } : this with { Stdout = position };
}

/// <summary>The last line read from one output.</summary>
/// <param name="Time">Its time.</param>
/// <param name="Lines">How many lines with exactly this time have been read; the engine's <c>since</c> gives them all again.</param>
public readonly record struct LogPosition(EngineTime Time, int Lines);
