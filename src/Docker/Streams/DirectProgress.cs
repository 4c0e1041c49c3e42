namespace ProviderAgent.Docker;

/// <summary>Calls back on the reading task, in order. The platform's <see cref="Progress{T}"/> posts to the thread pool, where lines overtake each
/// other.</summary>
/// <param name="report">Must be quick; what it throws ends the call that reports.</param>
public sealed class DirectProgress<T>(Action<T> report) : IProgress<T>
{
    public void Report(T value) => report(value);
}
