using System.Net;

namespace ProviderAgent.Chain.Endpoints;

/// <summary>Makes the connections to endpoints; tests put their own in.</summary>
internal interface IEndpointHandlerFactory
{
    HttpMessageHandler Create();
}

/// <inheritdoc cref="IEndpointHandlerFactory"/>
internal sealed class EndpointHandlerFactory : IEndpointHandlerFactory
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(5);

    // So that a changed DNS entry is noticed.
    private static readonly TimeSpan ConnectionLifetime = TimeSpan.FromMinutes(10);

    // Public endpoints answer 429 to more.
    private const int MaxConnections = 16;

    // So that a half-open HTTP/2 connection is given up.
    private static readonly TimeSpan PingDelay = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan PingTimeout = TimeSpan.FromSeconds(10);

    /// <remarks>No redirects (an endpoint must not send us elsewhere), no cookies, no decompression (a small body must stay small).</remarks>
    public HttpMessageHandler Create() => new SocketsHttpHandler
    {
        ConnectTimeout = ConnectTimeout,
        PooledConnectionLifetime = ConnectionLifetime,
        MaxConnectionsPerServer = MaxConnections,
        AllowAutoRedirect = false,
        UseCookies = false,
        AutomaticDecompression = DecompressionMethods.None,
        EnableMultipleHttp2Connections = true,
        KeepAlivePingDelay = PingDelay,
        KeepAlivePingTimeout = PingTimeout,
        KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests,
    };
}
