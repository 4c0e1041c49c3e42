namespace ProviderAgent.Workloads;

/// <summary>When a container that ended is started again. The engine's own restart policy is off: it would run unpaid workloads.</summary>
public static class RestartPolicy
{
    /// <summary>Running for this long clears the count: the next end is a first one again.</summary>
    public static readonly TimeSpan HealthyAfter = TimeSpan.FromSeconds(600);

    private const int FirstPauseSeconds = 10;
    private const int LongestPauseSeconds = 300;

    /// <summary>Pause before the next start.</summary>
    /// <param name="restarts">Starts so far that did not last <see cref="HealthyAfter"/>.</param>
    /// <returns>10 s · 2^n, at most 300 s. Zero for the very first end of a container, so that a one-off crash costs no time.</returns>
    public static TimeSpan Pause(int restarts) => restarts <= 0
        ? TimeSpan.Zero
        : TimeSpan.FromSeconds(Math.Min(LongestPauseSeconds, FirstPauseSeconds * Math.Pow(2, Math.Min(restarts - 1, 16))));

    /// <summary>Whether a run of that length wipes out earlier restarts. A negative length (the clock stepped back) does not.</summary>
    public static bool ClearsCount(TimeSpan ran) => ran >= HealthyAfter;
}
