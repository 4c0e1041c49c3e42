namespace ProviderAgent.Docker;

/// <summary>Head and body of an answer that is a stream. Disposing the body closes the connection.</summary>
internal sealed record EngineStream(HttpResponseMessage Head, EngineBodyStream Body) : IAsyncDisposable
{
    public ValueTask DisposeAsync() => Body.DisposeAsync();
}
