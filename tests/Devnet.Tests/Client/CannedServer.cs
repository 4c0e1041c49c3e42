using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace ProviderAgent.Devnet.Tests.Client;

/// <summary>Answers every request wrongly, always in the same way.</summary>
internal sealed class CannedServer : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly X509Certificate2? _certificate;
    private readonly byte[]? _answer;

    public CannedServer(string kind)
    {
        _listener.Start();
        Address = new($"{(kind == "tls" ? "https" : "http")}://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}");
        _certificate = kind == "tls" ? Expired() : null;
        const string ok = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n";
        var answer = kind switch
        {
            "refused" => null,
            "502" => "HTTP/1.1 502 Bad Gateway\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n<html>Bad Gateway</html>",
            "429" => "HTTP/1.1 429 Too Many Requests\r\nRetry-After: 60\r\nConnection: close\r\n\r\nslow down",
            "html" => $"{ok}<!doctype html><html><body>Welcome</body></html>",
            "garbage" => $"{ok}\u0001\u0002\u00ff{{{{",
            "truncated" => $"{ok}{{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{{\"node_info\":{{\"netw",
            "deep" => ok + new string('[', 100_000),
            _ => "",
        };
        _answer = answer is null ? null : Encoding.Latin1.GetBytes(answer);
        if (_answer is null) _listener.Stop();
        else _ = ServeAsync();
    }

    public Uri Address { get; }

    public void Dispose()
    {
        _stop.Cancel();
        _listener.Dispose();
        _certificate?.Dispose();
        _stop.Dispose();
    }

    private static X509Certificate2 Expired()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256);
        var day = TimeProvider.System.GetUtcNow();
        using var made = request.CreateSelfSigned(day.AddDays(-10), day.AddDays(-1));
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pkcs12), null);
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true) _ = AnswerAsync(await _listener.AcceptTcpClientAsync(_stop.Token));
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // the test is over
        }
    }

    private async Task AnswerAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                Stream stream = client.GetStream();
                if (_certificate is not null)
                {
                    var secure = new SslStream(stream);
                    await secure.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = _certificate }, _stop.Token);
                    stream = secure;
                }

                if (await stream.ReadAsync(new byte[8192], _stop.Token) > 0) await stream.WriteAsync(_answer, _stop.Token);
            }
            catch (Exception e) when (e is IOException or OperationCanceledException or AuthenticationException or ObjectDisposedException)
            {
                // it hung up
            }
        }
    }
}
