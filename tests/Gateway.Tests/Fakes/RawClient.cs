using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace ProviderAgent.Gateway.Tests.Fakes;

/// <summary>A TLS connection on which a test says whatever it likes.</summary>
internal sealed class RawClient : IAsyncDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    private readonly TcpClient _tcp;
    private readonly SslStream _tls;

    private RawClient(TcpClient tcp, SslStream tls) => (_tcp, _tls) = (tcp, tls);

    /// <summary>What the server showed.</summary>
    public X509Certificate? Certificate => _tls.RemoteCertificate;

    /// <summary>What the server showed besides.</summary>
    public IReadOnlyList<string> ChainThumbprints { get; private init; } = [];

    public static async Task<RawClient> ConnectAsync(IPEndPoint endpoint, SslProtocols protocols = SslProtocols.Tls13)
    {
        var tcp = new TcpClient();
        await tcp.ConnectAsync(IPAddress.Loopback, endpoint.Port);
        var thumbprints = new List<string>();
        var tls = new SslStream(tcp.GetStream(), false, (_, certificate, chain, _) =>
        {
            // Sent by the server; the chain itself ends nowhere that this machine trusts.
            foreach (var sent in chain?.ChainPolicy.ExtraStore ?? []) thumbprints.Add(sent.Thumbprint);
            return certificate is not null;
        });
        using var deadline = new CancellationTokenSource(Deadline, TimeProvider.System);
        try
        {
            await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = "provider.example.com", EnabledSslProtocols = protocols }, deadline.Token);
        }
        catch
        {
            await tls.DisposeAsync();
            tcp.Dispose();
            throw;
        }

        return new(tcp, tls) { ChainThumbprints = thumbprints };
    }

    public async Task SendAsync(string text) => await SendAsync(Encoding.UTF8.GetBytes(text));

    public async Task SendAsync(byte[] bytes)
    {
        await _tls.WriteAsync(bytes);
        await _tls.FlushAsync();
    }

    /// <summary>Reads up to an empty line.</summary>
    public async Task<string> ReadHeadAsync()
    {
        var head = new StringBuilder();
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal)) head.Append((char)(await ReadExactlyAsync(1))[0]);
        return head.ToString();
    }

    /// <summary>Everything until the server closes; a connection that is cut counts as closed.</summary>
    public async Task<string> ReadToEndAsync()
    {
        using var deadline = new CancellationTokenSource(Deadline, TimeProvider.System);
        var all = new StringBuilder();
        var buffer = new byte[4096];
        try
        {
            while (await _tls.ReadAsync(buffer, deadline.Token) is > 0 and var read) all.Append(Encoding.UTF8.GetString(buffer, 0, read));
        }
        catch (IOException)
        {
            // cut
        }

        return all.ToString();
    }

    public async Task<byte[]> ReadExactlyAsync(int length)
    {
        using var deadline = new CancellationTokenSource(Deadline, TimeProvider.System);
        var buffer = new byte[length];
        await _tls.ReadExactlyAsync(buffer, deadline.Token);
        return buffer;
    }

    /// <summary>The next WebSocket frame from the server; frames of these tests are short.</summary>
    public async Task<(int Opcode, byte[] Payload)> ReadFrameAsync()
    {
        var head = await ReadExactlyAsync(2);
        return (head[0] & 0x0F, await ReadExactlyAsync(head[1] & 0x7F));
    }

    public async Task UpgradeAsync(string path, string token)
    {
        await SendAsync($"GET {path} HTTP/1.1\r\nHost: provider.example.com\r\nAuthorization: Bearer {Tokens.Get(token)}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 101 ", await ReadHeadAsync(), StringComparison.Ordinal);
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            await _tls.DisposeAsync();
        }
        catch (IOException)
        {
            // the server was first
        }

        _tcp.Dispose();
    }
}
