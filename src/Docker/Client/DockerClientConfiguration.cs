using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace ProviderAgent.Docker;

/// <summary>Where the engine is and how it is spoken to.</summary>
public sealed class DockerClientConfiguration : IDisposable
{
    /// <summary>The engine of this host: <c>unix:///var/run/docker.sock</c>.</summary>
    public static Uri LocalEndpoint { get; } = new("unix:///var/run/docker.sock");

    /// <param name="endpoint"><c>unix:///path</c>, <c>tcp://host:port</c>, <c>http://host:port</c> or <c>https://host:port</c>; null for
    /// <see cref="LocalEndpoint"/>.</param>
    /// <param name="credentials">Null for none. A certificate makes <c>tcp://</c> mean TLS. Owned by this object.</param>
    /// <param name="timeouts">Null for the defaults.</param>
    /// <exception cref="ArgumentException">The endpoint is none of these forms.</exception>
    public DockerClientConfiguration(Uri? endpoint = null, Credentials? credentials = null, DockerClientTimeouts? timeouts = null)
    {
        Credentials = credentials ?? new AnonymousCredentials();
        Timeouts = timeouts ?? new DockerClientTimeouts();
        EndpointBaseUri = endpoint ?? LocalEndpoint;
        Endpoint = EngineEndpoint.Parse(EndpointBaseUri, Credentials.IsTlsCredentials());
    }

    public Uri EndpointBaseUri { get; }

    public Credentials Credentials { get; }

    public DockerClientTimeouts Timeouts { get; }

    public DockerClientLimits Limits { get; init; } = new();

    /// <summary>The clock of all deadlines. Default: the system's.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>Default: nothing is logged.</summary>
    public ILoggerFactory LoggerFactory { get; init; } = NullLoggerFactory.Instance;

    /// <summary>Default: a meter of the client's own, not tied to a host's services.</summary>
    public IMeterFactory? MeterFactory { get; init; }

    internal EngineEndpoint Endpoint { get; }

    /// <summary>Makes a client. No connection is made until the first call.</summary>
    /// <param name="requestedApiVersion">Newest API version to speak; null for the newest that this client knows.</param>
    /// <exception cref="ArgumentOutOfRangeException">The version is not one that this client knows.</exception>
    public DockerClient CreateClient(Version? requestedApiVersion = null) => new(this, requestedApiVersion);

    /// <summary>Releases the credentials. Clients made from here must be disposed before.</summary>
    public void Dispose() => Credentials.Dispose();
}
