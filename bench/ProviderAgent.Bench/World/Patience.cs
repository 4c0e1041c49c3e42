namespace ProviderAgent.Bench.World;

/// <summary>Waits for something that is bound to happen, and gives up when it does not.</summary>
internal static class Patience
{
    /// <param name="what">What is waited for; part of the message when it does not happen.</param>
    /// <param name="limit">Longest wait.</param>
    /// <param name="pause">Between two looks.</param>
    /// <param name="look">Returns what was waited for, or null.</param>
    /// <param name="time">The clock.</param>
    /// <param name="ct">Stops waiting.</param>
    /// <exception cref="BenchException">It did not happen in time.</exception>
    public static async Task<T> ForAsync<T>(string what, TimeSpan limit, TimeSpan pause, Func<CancellationToken, Task<T?>> look, TimeProvider time, CancellationToken ct)
        where T : class
    {
        var started = time.GetTimestamp();
        while (true)
        {
            if (await look(ct) is { } found) return found;
            if (time.GetElapsedTime(started) > limit) throw new BenchException($"{what} did not happen within {limit.TotalSeconds:0} s");
            await Task.Delay(pause, time, ct);
        }
    }
}
