using System.Text;

namespace ProviderAgent.Docker;

/// <summary>A parsed address of an engine: a unix socket, or host and port.</summary>
internal sealed class EngineEndpoint
{
    private const int PlainPort = 2375;
    private const int TlsPort = 2376;

    /// <summary>sun_path of the kernel holds 108 bytes with its closing zero.</summary>
    private const int MaxSocketPathBytes = 107;

    private EngineEndpoint(string text, string? socketPath, string host, int port, bool useTls)
    {
        Text = text;
        SocketPath = socketPath;
        Host = host;
        Port = port;
        UseTls = useTls;
        BaseUri = new Uri(socketPath is null ? $"http://{(host.Contains(':') ? $"[{host}]" : host)}:{port}" : "http://docker");
    }

    /// <summary>As a person writes it; never holds credentials.</summary>
    public string Text { get; }

    /// <summary>Null when the engine is spoken to over TCP.</summary>
    public string? SocketPath { get; }

    /// <summary>Name or address; the name that the engine's certificate must carry.</summary>
    public string Host { get; }

    public int Port { get; }

    public bool UseTls { get; }

    /// <summary>Prefix of request addresses. Always plain HTTP: the dialer makes the encrypted connection underneath.</summary>
    public Uri BaseUri { get; }

    /// <exception cref="ArgumentException">The address has another form; the message is <see cref="ProblemOf"/>.</exception>
    public static EngineEndpoint Parse(Uri address, bool tlsCredentials)
    {
        if (ProblemOf(address) is { } problem) throw new ArgumentException(problem, nameof(address));
        if (address.Scheme == "unix")
        {
            var path = PathOf(address);
            return new EngineEndpoint($"unix://{path}", path, "docker", 0, useTls: false);
        }

        var tls = tlsCredentials || address.Scheme == Uri.UriSchemeHttps;
        var port = address.IsDefaultPort || address.Port <= 0 ? tls ? TlsPort : PlainPort : address.Port;
        var host = address.IdnHost.Trim('[', ']');
        return new EngineEndpoint($"tcp://{(host.Contains(':') ? $"[{host}]" : host)}:{port}{(tls ? " (TLS)" : "")}", null, host, port, tls);
    }

    /// <summary>What is wrong with an address, or null.</summary>
    public static string? ProblemOf(Uri address)
    {
        if (!address.IsAbsoluteUri) return "must be unix:///path, tcp://host:port or https://host:port";
        if (address.UserInfo.Length > 0) return "must not hold a user name or password; use a client certificate";
        if (address.Scheme == "unix")
        {
            var path = PathOf(address);
            if (address.Host.Length > 0 || !path.StartsWith('/') || path.Length < 2)
            {
                return "a unix address needs an absolute path, as unix:///var/run/docker.sock";
            }

            return Encoding.UTF8.GetByteCount(path) > MaxSocketPathBytes ? $"the socket path is longer than {MaxSocketPathBytes} bytes" : null;
        }

        if (address.Scheme is not ("tcp" or "http" or "https")) return $"has the unknown scheme '{address.Scheme}'; use unix, tcp or https";
        if (address.Host.Length == 0) return "needs a host name";
        return address.AbsolutePath is "" or "/" && address.Query.Length == 0 && address.Fragment.Length == 0 ? null : "must not have a path";
    }

    public override string ToString() => Text;

    private static string PathOf(Uri address) => Uri.UnescapeDataString(address.AbsolutePath);
}
