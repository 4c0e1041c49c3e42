namespace ProviderAgent.TestKit;

/// <summary>Waits for something that another process or thread brings about. The only place in the tests where real time passes.</summary>
public static class Eventually
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(25);

    // Only a test that fails waits so long; a machine that is busy with others' work may need most of it.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private static readonly AsyncLocal<Func<string>?> Background = new();

    /// <summary>Has everything that is waited for in vain from here on, in this test, say also what this tells: a failure on another machine has to explain itself.</summary>
    public static void OnFailureTell(Func<string> background) => Background.Value = background;

    /// <summary>Asks until the answer is not null.</summary>
    /// <exception cref="TimeoutException">It stayed null; the message says what was waited for and the last failure.</exception>
    public static async Task<T> GetAsync<T>(string what, Func<Task<T?>> probe, TimeSpan? within = null)
        where T : class
    {
        var limit = within ?? Patience;
        var start = TimeProvider.System.GetTimestamp();
        Exception? last = null;
        while (TimeProvider.System.GetElapsedTime(start) < limit)
        {
            try
            {
                if (await probe() is { } answer) return answer;
                last = null;
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                last = e;
            }

            await Task.Delay(Step, TimeProvider.System);
        }

        throw new TimeoutException($"waited {limit.TotalSeconds:0.#} s for {what}{Background.Value?.Invoke()}", last);
    }

    /// <summary>Asks until the answer is true.</summary>
    /// <exception cref="TimeoutException">It stayed false.</exception>
    public static Task BecomesTrueAsync(string what, Func<Task<bool>> probe, TimeSpan? within = null) =>
        GetAsync<object>(what, async () => await probe() ? Marker : null, within);

    /// <inheritdoc cref="BecomesTrueAsync(string, Func{Task{bool}}, TimeSpan?)"/>
    public static Task BecomesTrueAsync(string what, Func<bool> probe, TimeSpan? within = null) =>
        BecomesTrueAsync(what, () => Task.FromResult(probe()), within);

    private static readonly object Marker = new();
}
