namespace ProviderAgent.Bidding;

/// <summary>A switch that is off again after a restart.</summary>
internal sealed class DrainSwitch : IDrainSwitch
{
    private volatile string? _reason;

    public event EventHandler? Changed;

    public string? Reason => _reason;

    public Task DrainAsync(string reason, CancellationToken ct)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(reason);
        return Set(reason);
    }

    public Task UndrainAsync(CancellationToken ct) => Set(null);

    private Task Set(string? reason)
    {
        _reason = reason;
        Changed?.Invoke(this, EventArgs.Empty);
        return Task.CompletedTask;
    }
}
