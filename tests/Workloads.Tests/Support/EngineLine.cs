namespace ProviderAgent.Workloads.Tests.Support;

/// <summary>The daemon's line to an engine, with what can go wrong on it.</summary>
internal sealed class EngineLine : IAsyncDisposable
{
    private readonly TempFolder _folder = new();

    private readonly string _engine;

    /// <param name="engine">Another engine's socket than the machine's.</param>
    public EngineLine(string engine = MachineNeeds.DockerSocket)
    {
        _engine = engine;
        Proxy = FaultProxy.ToUnix(_folder.File("engine.sock"), engine);
    }

    public FaultProxy Proxy { get; private set; }

    public Uri Endpoint => new($"unix://{_folder.File("engine.sock")}");

    /// <summary>Takes the socket away with all that is connected to it.</summary>
    public async Task RemoveAsync() => await Proxy.DisposeAsync();

    /// <summary>Puts it there again.</summary>
    public void PutBack() => Proxy = FaultProxy.ToUnix(_folder.File("engine.sock"), _engine);

    public async ValueTask DisposeAsync()
    {
        await Proxy.DisposeAsync();
        _folder.Dispose();
    }
}
