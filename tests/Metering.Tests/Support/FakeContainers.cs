namespace ProviderAgent.Metering.Tests;

/// <summary>A list of containers that a test changes.</summary>
internal sealed class FakeContainers : IMeteredContainers
{
    public List<MeteredContainer> Running { get; } = [];

    public bool IsAway { get; set; }

    public bool Hangs { get; set; }

    public async Task<IReadOnlyList<MeteredContainer>> ListAsync(CancellationToken ct)
    {
        if (Hangs) await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, ct);
        return IsAway ? throw new MeteringUnavailableException("the engine is away on purpose") : Running.ToList();
    }
}
