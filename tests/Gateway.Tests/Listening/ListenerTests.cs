using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;
using ProviderAgent.Gateway.Tests.Fakes;

namespace ProviderAgent.Gateway.Tests.Listening;

public sealed class ListenerTests
{
    [Fact]
    public async Task Start_PortInUse_NamesTheKeyAndTheFix()
    {
        await using var first = await GatewayHarness.StartAsync();

        var error = await Assert.ThrowsAsync<GatewayListenException>(() => GatewayHarness.StartAsync(options => options.Rest = $"127.0.0.1:{first.Endpoint.Port}"));

        Assert.Contains($"gateway.rest: cannot listen on 127.0.0.1:{first.Endpoint.Port}: the port is in use", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_ForeignAddress_NamesTheFix()
    {
        var error = await Assert.ThrowsAsync<GatewayListenException>(() => GatewayHarness.StartAsync(options => options.Rest = "192.0.2.1:0"));

        Assert.Contains("this host does not have the address", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stop_ThenConnect_IsRefused()
    {
        var gateway = await GatewayHarness.StartAsync();
        var endpoint = gateway.Endpoint;

        await gateway.DisposeAsync();

        await Assert.ThrowsAnyAsync<SocketException>(() => RawClient.ConnectAsync(endpoint));
    }

    [Fact]
    public async Task Handshake_CertificateReplaced_ShowsTheNewOneWithoutRestart()
    {
        await using var gateway = await GatewayHarness.StartAsync();
        var (first, second) = (gateway.Certificate.Current!, TestCertificates.OfAProvider());
        await using var before = await RawClient.ConnectAsync(gateway.Endpoint);

        gateway.Certificate.Current = second;
        await using var after = await RawClient.ConnectAsync(gateway.Endpoint);

        Assert.Equal(first.Certificate.RawData, before.Certificate!.GetRawCertData());
        Assert.Equal(second.Certificate.RawData, after.Certificate!.GetRawCertData());
        foreach (var client in (RawClient[])[before, after])
        {
            await client.SendAsync("GET /address HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
            Assert.StartsWith("HTTP/1.1 200 OK", await client.ReadToEndAsync(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Handshake_CertificateOfAnAuthority_ComesWithItsIntermediates()
    {
        await using var gateway = await GatewayHarness.StartAsync();
        var identity = TestCertificates.OfAnAuthority("provider.example.com");
        gateway.Certificate.Current = identity;

        await using var client = await RawClient.ConnectAsync(gateway.Endpoint);

        Assert.Contains(identity.Intermediates[0].Thumbprint, client.ChainThumbprints);
    }

    [Fact]
    public async Task Handshake_NoCertificateYet_IsRefusedUntilThereIsOne()
    {
        await using var gateway = await GatewayHarness.StartAsync();
        gateway.Certificate.Current = null;
        await AssertNoHandshakeAsync(gateway.Endpoint);

        gateway.Certificate.Current = TestCertificates.New("provider.example.com");

        await using var client = await RawClient.ConnectAsync(gateway.Endpoint);
    }

    [Fact]
    public async Task Handshake_OlderThanTls13_IsRefused()
    {
        await using var gateway = await GatewayHarness.StartAsync();

        await AssertNoHandshakeAsync(gateway.Endpoint, SslProtocols.Tls12);
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\n\r\n")]
    [InlineData("\u0016\u0003\u0001\u0000\u0005hello")]
    [InlineData("\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0")]
    public async Task Connection_NotTls_IsClosedAndHarmsNobody(string garbage)
    {
        await using var gateway = await GatewayHarness.StartAsync();
        using var tcp = new TcpClient();
        await tcp.ConnectAsync(IPAddress.Loopback, gateway.Endpoint.Port);
        var stream = tcp.GetStream();
        await stream.WriteAsync(Encoding.Latin1.GetBytes(garbage));

        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(30), TimeProvider.System);
        await ReadToEndAsync(stream, deadline.Token);

        Assert.True((await gateway.SendAsync("GET", "/address", token: null)).IsSuccessStatusCode);
    }

    [Fact]
    public async Task Connections_MoreThanOneAddressMayHave_AreClosedUntilOneEnds()
    {
        await using var gateway = await GatewayHarness.StartAsync(options => options.Limits.ConnectionsPerAddress = 2);
        var first = await RawClient.ConnectAsync(gateway.Endpoint);
        await using var second = await RawClient.ConnectAsync(gateway.Endpoint);

        await AssertNoHandshakeAsync(gateway.Endpoint);

        await first.DisposeAsync();
        await using var third = await Eventually.GetAsync<RawClient>("a free place", async () => await RawClient.ConnectAsync(gateway.Endpoint));
    }

    [Fact]
    public async Task Connections_MoreThanInAll_AreClosed()
    {
        await using var gateway = await GatewayHarness.StartAsync(options => options.Limits.Connections = 2);
        await using var first = await RawClient.ConnectAsync(gateway.Endpoint);
        await using var second = await RawClient.ConnectAsync(gateway.Endpoint);

        await AssertNoHandshakeAsync(gateway.Endpoint);
    }

    [NeedsFact("curl")]
    public async Task Curl_OverTls13_IsAnsweredInHttp11()
    {
        await using var gateway = await GatewayHarness.StartAsync();
        gateway.Certificate.Current = TestCertificates.OfAProvider();
        var url = $"https://127.0.0.1:{gateway.Endpoint.Port}";

        Assert.Equal($$"""{"address":"{{Tokens.Provider}}"}|1.1|200""", await CurlAsync("--http2", "-w", "|%{http_version}|%{http_code}", $"{url}/address"));
        Assert.Equal("404 page not found\n|404", await CurlAsync("-w", "|%{http_code}", $"{url}/validate"));
        Assert.Equal("""{"message":"unauthorized access"}|401""", await CurlAsync("-w", "|%{http_code}", "-T", "/dev/null", $"{url}/deployment/1/manifest"));
        Assert.Equal("|405", await CurlAsync("-w", "|%{http_code}", "-X", "DELETE", $"{url}/status"));
    }

    private static async Task<string> CurlAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo("curl") { RedirectStandardOutput = true };
        foreach (var argument in (string[])["-sk", "--max-time", "30", "--tlsv1.3", .. arguments]) start.ArgumentList.Add(argument);
        using var curl = Process.Start(start)!;
        var output = await curl.StandardOutput.ReadToEndAsync();
        await curl.WaitForExitAsync();
        return output;
    }

    private static async Task AssertNoHandshakeAsync(IPEndPoint endpoint, SslProtocols protocols = SslProtocols.Tls13)
    {
        var error = await Record.ExceptionAsync(() => RawClient.ConnectAsync(endpoint, protocols));

        Assert.True(error is IOException or AuthenticationException or SocketException, $"{error}");
    }

    private static async Task ReadToEndAsync(NetworkStream stream, CancellationToken ct)
    {
        var buffer = new byte[256];
        try
        {
            while (await stream.ReadAsync(buffer, ct) > 0)
            {
                // an alert, perhaps
            }
        }
        catch (IOException)
        {
            // cut
        }
    }
}
