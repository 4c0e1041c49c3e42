namespace ProviderAgent.Gateway;

/// <summary>Tells long streams that the gateway is about to stop.</summary>
internal sealed class GatewayLifetime : IDisposable
{
    private readonly CancellationTokenSource _stopping = new();

    public CancellationToken Stopping => _stopping.Token;

    public Task StopAsync() => _stopping.CancelAsync();

    public void Dispose() => _stopping.Dispose();
}
