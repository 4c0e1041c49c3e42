using System.Net;

namespace ProviderAgent.Docker;

/// <summary>Three ways to a connection: a pool for short calls, a pool for streams, and one of its own for each hijacked call.</summary>
/// <remarks>Two pools, so that any number of open logs and slow stops never makes a query wait.</remarks>
internal sealed class EngineConnections : IDisposable
{
    private readonly EngineDialer _dialer;

    public EngineConnections(DockerClientConfiguration configuration)
    {
        _dialer = new EngineDialer(configuration.Endpoint, configuration.Credentials, configuration.Timeouts.Connect, configuration.TimeProvider);
        Calls = new Invoker(_dialer, configuration.Limits.MaxCallConnections, dedicated: false);
        Streams = new Invoker(_dialer, configuration.Limits.MaxStreamConnections, dedicated: false);
    }

    public Invoker Calls { get; }

    public Invoker Streams { get; }

    /// <summary>A connection for one call that takes it over. Disposed with its stream.</summary>
    public Invoker Dedicated() => new(_dialer, maxConnections: 1, dedicated: true);

    public void Dispose()
    {
        Calls.Dispose();
        Streams.Dispose();
    }

    internal sealed class Invoker : IDisposable
    {
        private readonly EngineDialer _dialer;
        private readonly HttpMessageInvoker _invoker;

        public Invoker(EngineDialer dialer, int maxConnections, bool dedicated)
        {
            _dialer = dialer;
            IsDedicated = dedicated;
            _invoker = new HttpMessageInvoker(Handler(maxConnections));
        }

        public bool IsDedicated { get; }

        /// <summary>The connection of the last call; only meaningful for a dedicated invoker.</summary>
        public EngineSocket? Socket { get; private set; }

        public Task<HttpResponseMessage> SendAsync(HttpRequestMessage message, CancellationToken cancellationToken) =>
            _invoker.SendAsync(message, cancellationToken);

        public void Dispose() => _invoker.Dispose();

        private SocketsHttpHandler Handler(int maxConnections) => new()
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            AutomaticDecompression = DecompressionMethods.None,
            ActivityHeadersPropagator = null,
            ConnectTimeout = Timeout.InfiniteTimeSpan, // the dialer has its own, on the injected clock
            MaxConnectionsPerServer = maxConnections,
            MaxResponseHeadersLength = 64, // KiB
            MaxResponseDrainSize = 0, // an answer given up closes its connection: this is what cancels a pull
            ResponseDrainTimeout = TimeSpan.Zero,
            PooledConnectionIdleTimeout = TimeSpan.FromSeconds(30),
            ConnectCallback = async (_, cancellationToken) =>
            {
                var socket = await _dialer.DialAsync(cancellationToken).ConfigureAwait(false);
                if (IsDedicated) Socket = socket;
                return socket.Stream;
            },
        };
    }
}
