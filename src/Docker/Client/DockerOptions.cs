namespace ProviderAgent.Docker;

/// <summary>The container engine, section <c>engine</c> of the configuration.</summary>
public sealed class DockerOptions
{
    /// <summary>Address of the engine: <c>unix:///path</c>, <c>tcp://host:port</c> or <c>https://host:port</c>. Plain TCP is for loopback only.</summary>
    /// <value>Default <c>unix:///var/run/docker.sock</c>.</value>
    public Uri Endpoint { get; set; } = DockerClientConfiguration.LocalEndpoint;

    /// <summary>Certificates for an engine on another host. Not used with a unix socket.</summary>
    public DockerTlsOptions Tls { get; set; } = new();

    /// <summary>Deadlines per kind of call.</summary>
    public DockerClientTimeouts Timeouts { get; set; } = new();

    /// <summary>Bounds on what the engine may send.</summary>
    public DockerClientLimits Limits { get; set; } = new();
}

/// <summary>The three PEM files of a TLS connection to an engine.</summary>
public sealed class DockerTlsOptions
{
    /// <summary>File with the only accepted authorities of the engine's certificate.</summary>
    /// <value>Default empty: the authorities of the operating system.</value>
    public string Authority { get; set; } = "";

    /// <summary>File with the client certificate.</summary>
    /// <value>Default empty: none. Needs <see cref="Key"/>.</value>
    public string Certificate { get; set; } = "";

    /// <summary>File with the private key of the client certificate, without a password.</summary>
    /// <value>Default empty: none. Needs <see cref="Certificate"/>.</value>
    public string Key { get; set; } = "";
}
