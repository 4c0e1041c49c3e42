using ProviderAgent.Docker.Models;

namespace ProviderAgent.Docker;

/// <summary>Agrees on an API version once per life of the engine.</summary>
internal sealed class VersionHandshake(EngineTransport transport, EngineEndpoint endpoint, Version ours) : IDisposable
{
    private readonly SemaphoreSlim _one = new(1, 1);
    private volatile Version? _agreed;

    /// <summary>Null before the first handshake and after the engine was lost.</summary>
    public Version? Agreed => _agreed;

    public void Forget() => _agreed = null;

    /// <summary>The agreed version. <c>Theirs</c> is null when another call has made the handshake meanwhile.</summary>
    public async Task<(Version? Theirs, Version Used)> GetAsync(CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_agreed is { } known) return (null, known);
            return await RenewAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>Asks the engine, whatever was agreed before.</summary>
    /// <exception cref="EngineUnsupportedException">There is no version in common.</exception>
    public async Task<(Version Theirs, Version Used)> RenewAsync(CancellationToken cancellationToken)
    {
        _agreed = null; // should the engine turn out to be one that we cannot speak to, nothing goes on with the old answer
        var ping = new EngineRequest("ping", HttpMethod.Get, "/_ping", transport.Timeouts.Query) { Versioned = false };
        var theirs = ApiVersions.ParseHeader(await transport.ReadHeaderAsync(ping, "Api-Version", cancellationToken).ConfigureAwait(false));
        var used = ApiVersions.Choose(ours, theirs, endpoint);
        if (theirs > used) await CheckMinimumAsync(used, cancellationToken).ConfigureAwait(false);
        _agreed = used;
        return (theirs, used);
    }

    public void Dispose() => _one.Dispose();

    /// <summary>Only an engine newer than this client can have dropped the client's version, and only its version document says so.</summary>
    private async Task CheckMinimumAsync(Version used, CancellationToken cancellationToken)
    {
        var request = new EngineRequest("version", HttpMethod.Get, "/version", transport.Timeouts.Query) { Versioned = false };
        VersionResponse version;
        try
        {
            version = await transport.ReadAsync<VersionResponse>(request, cancellationToken).ConfigureAwait(false);
        }
        catch (DockerApiException)
        {
            return; // an engine that refuses calls without a version; it will refuse the next call with a clear text of its own
        }

        ApiVersions.CheckMinimum(used, version.MinAPIVersion, endpoint);
    }
}
