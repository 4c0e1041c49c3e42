using System.Diagnostics;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using ProviderAgent.Chain.Endpoints;
using ProviderAgent.Chain.Grpc;
using ProviderAgent.Devnet.Tests.Npm;

namespace ProviderAgent.Devnet.Tests.Grpc;

/// <summary>Our channel, calling a server of an independent implementation.</summary>
public sealed class GrpcChannelTests : IAsyncLifetime, IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly List<Process> _servers = [];

    public async Task InitializeAsync() => Packages = await NpmPackages.InstallAsync(NodeScripts.GrpcPackage);

    public Task DisposeAsync() => Task.CompletedTask;

    public void Dispose()
    {
        foreach (var server in _servers)
        {
            server.Kill();
            server.Dispose();
        }

        _folder.Dispose();
    }

    private NpmPackages Packages { get; set; } = null!;

    [NeedsTheory("node", "npm")]
    [InlineData(false)]
    [InlineData(true)]
    public async Task UnaryAsync_AgainstGrpcJs_GivesAnswersHeadersAndStatus(bool tls)
    {
        var channel = await ConnectAsync(tls);

        var echo = await channel.UnaryAsync("/test.Test/Echo", "hello"u8.ToArray(), CancellationToken.None);
        Assert.Equal("hello"u8.ToArray(), echo.Message);
        Assert.Equal("77", echo.Headers.GetValues("x-cosmos-block-height").Single());
        Assert.Empty((await channel.UnaryAsync("/test.Test/Empty", ReadOnlyMemory<byte>.Empty, CancellationToken.None)).Message);
        Assert.Equal(3 << 20, (await channel.UnaryAsync("/test.Test/Big", ReadOnlyMemory<byte>.Empty, CancellationToken.None)).Message.Length);
        Assert.Equal(
            new Status(StatusCode.NotFound, "order not found: größer als 100 %"), await FailAsync(channel, "NotFound"));
        Assert.Equal(StatusCode.InvalidArgument, (await FailAsync(channel, "Invalid")).StatusCode);
        Assert.Equal(StatusCode.Unavailable, (await FailAsync(channel, "Busy")).StatusCode);
        Assert.Equal(StatusCode.Unimplemented, (await FailAsync(channel, "Nothing")).StatusCode);
        var seconds = int.Parse(Encoding.ASCII.GetString((await channel.UnaryAsync("/test.Test/DeadlineSeen", ReadOnlyMemory<byte>.Empty, CancellationToken.None)).Message));
        Assert.InRange(seconds, 1, 60); // the server is told how long we wait
    }

    [NeedsFact("node", "npm")]
    public async Task UnaryAsync_ServerHangs_EndsAtTheDeadlineOrWithTheCaller()
    {
        var channel = await ConnectAsync(tls: false, TimeSpan.FromMilliseconds(300));
        Assert.Equal(StatusCode.DeadlineExceeded, (await FailAsync(channel, "Hang")).StatusCode);

        using var stop = new CancellationTokenSource();
        var patient = await ConnectAsync(tls: false);
        var call = patient.UnaryAsync("/test.Test/Hang", ReadOnlyMemory<byte>.Empty, stop.Token);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
    }

    [NeedsFact("node", "npm")]
    public async Task UnaryAsync_AnswerTooLarge_IsNotKept()
    {
        var channel = await ConnectAsync(tls: false, maxBytes: 1 << 20);

        Assert.Equal(StatusCode.ResourceExhausted, (await FailAsync(channel, "Big")).StatusCode);
        Assert.Equal("x"u8.ToArray(), (await channel.UnaryAsync("/test.Test/Echo", "x"u8.ToArray(), CancellationToken.None)).Message);
    }

    [NeedsFact("node", "npm")]
    public async Task UnaryAsync_ServerDies_IsUnavailable()
    {
        var channel = await ConnectAsync(tls: false);
        await channel.UnaryAsync("/test.Test/Echo", "x"u8.ToArray(), CancellationToken.None);
        _servers[0].Kill();
        await _servers[0].WaitForExitAsync();

        Assert.Equal(StatusCode.Unavailable, (await FailAsync(channel, "Echo")).StatusCode);
    }

    private static async Task<Status> FailAsync(GrpcChannel channel, string method) =>
        (await Assert.ThrowsAsync<RpcException>(() => channel.UnaryAsync($"/test.Test/{method}", "x"u8.ToArray(), CancellationToken.None))).Status;

    private async Task<GrpcChannel> ConnectAsync(bool tls, TimeSpan? deadline = null, long maxBytes = 8 << 20)
    {
        var server = Packages.Start(NodeScripts.Read("grpc-server.mjs"), tls ? MakeCertificate() : []);
        _servers.Add(server);
        var port = await server.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException(await server.StandardError.ReadToEndAsync());
        var handler = (SocketsHttpHandler)new EndpointHandlerFactory().Create();
        handler.SslOptions.RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate is not null; // made a moment ago, so nobody vouches for it
        var http = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
        return GrpcChannel.ForAddress(new($"{(tls ? "https" : "http")}://127.0.0.1:{port}"), http, new(deadline ?? TimeSpan.FromSeconds(60), maxBytes), TimeProvider.System);
    }

    private string[] MakeCertificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using var certificate = request.CreateSelfSigned(TimeProvider.System.GetUtcNow().AddDays(-1), TimeProvider.System.GetUtcNow().AddDays(1));
        var (file, keyFile) = (Path.Combine(_folder.Path, "cert.pem"), Path.Combine(_folder.Path, "key.pem"));
        File.WriteAllText(file, certificate.ExportCertificatePem());
        File.WriteAllText(keyFile, key.ExportPkcs8PrivateKeyPem());
        return [file, keyFile];
    }
}
