using ProviderAgent.Marketplace;

namespace ProviderAgent.Gateway;

/// <summary>What tenants talk to. Section <c>gateway</c>.</summary>
public sealed class GatewayOptions
{
    /// <summary>Address and port of the HTTPS listener. Must be reachable under the host name that the provider registers.</summary>
    /// <value>Default <c>0.0.0.0:8443</c>. Port 0 takes any free one.</value>
    public string Rest { get; set; } = "0.0.0.0:8443";

    /// <summary>Version of the market's reference provider whose behaviour this gateway has; tenants' tools decide by it what they may use.</summary>
    /// <value>Default <c>0.16.0</c>; three numbers, at least 0.5.0.</value>
    public string CompatibleVersion { get; set; } = "0.16.0";

    /// <summary>Longest wait for the market while a manifest or a token is checked.</summary>
    /// <value>Default 60 s; 1 s to 5 min.</value>
    public TimeSpan MarketTimeout { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>How old the market's data about a deployment may be when a manifest is checked. Data that does not match is always read again.</summary>
    /// <value>Default 5 s; 0 to 1 min.</value>
    public TimeSpan DeploymentCache { get; set; } = TimeSpan.FromSeconds(5);

    public GatewayLimits Limits { get; set; } = new();
}

/// <summary>What one caller, or all of them, may use up. Section <c>gateway.limits</c>.</summary>
public sealed class GatewayLimits
{
    /// <summary>Largest request body.</summary>
    /// <value>Default 8 MiB; 64 KiB to 64 MiB.</value>
    public ByteSize Body { get; set; } = new(8 * ByteSize.MiB);

    /// <summary>Largest request line and headers together.</summary>
    /// <value>Default 32 KiB; 8 KiB to 1 MiB.</value>
    public ByteSize Headers { get; set; } = new(32 * ByteSize.KiB);

    /// <summary>Longest time for a TLS handshake.</summary>
    /// <value>Default 10 s; 1 s to 1 min.</value>
    public TimeSpan HandshakeTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Longest time for the headers of a request.</summary>
    /// <value>Default 3 s, as the market's reference provider; 1 s to 1 min.</value>
    public TimeSpan HeaderTimeout { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>Longest time for the body of a request.</summary>
    /// <value>Default 60 s; 1 s to 10 min.</value>
    public TimeSpan BodyTimeout { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>A connection without a request is closed after this.</summary>
    /// <value>Default 60 s; 5 s to 10 min.</value>
    public TimeSpan IdleTimeout { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>Open connections in all.</summary>
    /// <value>Default 2000; 10 to 100 000.</value>
    public int Connections { get; set; } = 2000;

    /// <summary>Open connections from one address. Web consoles reach all their tenants' leases from few addresses, so not small.</summary>
    /// <value>Default 500; at least 1.</value>
    public int ConnectionsPerAddress { get; set; } = 500;

    /// <summary>Manifests that are being received and checked at one time.</summary>
    /// <value>Default 16; 1 to 1000. Each may hold some times <see cref="Body"/> of memory.</value>
    public int Uploads { get; set; } = 16;

    /// <summary>The same for one tenant.</summary>
    /// <value>Default 4; at least 1.</value>
    public int UploadsPerTenant { get; set; } = 4;

    /// <summary>Open log streams in all.</summary>
    /// <value>Default 500; 1 to 100 000.</value>
    public int Streams { get; set; } = 500;

    /// <summary>Open log streams of one lease.</summary>
    /// <value>Default 20; at least 1.</value>
    public int StreamsPerLease { get; set; } = 20;

    /// <summary>A stream whose reader takes nothing for so long is dropped.</summary>
    /// <value>Default 30 s; 1 s to 10 min.</value>
    public TimeSpan WriteTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Time between pings on a stream. The market's own tool gives up after 15 s without one.</summary>
    /// <value>Default 10 s; 1 s to 14 s.</value>
    public TimeSpan PingInterval { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>A stream whose peer does not answer a ping for so long is dropped.</summary>
    /// <value>Default 15 s; 1 s to 1 min.</value>
    public TimeSpan PongTimeout { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>Public keys of tenants that are remembered. A key never changes; one that was pushed out is asked for again.</summary>
    /// <value>Default 10 000; 100 to 1 000 000.</value>
    public int Keys { get; set; } = 10_000;
}
