using System.Buffers.Text;
using System.Net;
using System.Net.Security;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ProviderAgent.Chain.Keys;

namespace ProviderAgent.Devnet.Tests.Tenant;

/// <summary>A provider's gateway that does what the test says.</summary>
internal sealed class FakeGateway : IAsyncDisposable
{
    private readonly WebApplication _app;

    private FakeGateway(WebApplication app) => _app = app;

    public string Host => _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();

    /// <summary>Answers PUT and GET.</summary>
    public RequestDelegate OnRequest { get; set; } = _ => Task.CompletedTask;

    /// <summary>Serves the log stream.</summary>
    public Func<WebSocket, Task> OnLogs { get; set; } = socket => socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);

    public string LastPath { get; private set; } = "";

    public byte[] LastBody { get; private set; } = [];

    public string LastToken { get; private set; } = "";

    public static async Task<FakeGateway> StartAsync(X509Certificate2 certificate)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(
            IPAddress.Loopback, 0, listen => listen.UseHttps(new TlsHandshakeCallbackOptions
            {
                // Takes any certificate, also one that is not for servers.
                OnConnection = _ => ValueTask.FromResult(new SslServerAuthenticationOptions { ServerCertificate = certificate }),
            })));
        var app = builder.Build();
        var gateway = new FakeGateway(app);
        app.UseWebSockets();
        app.Run(gateway.ServeAsync);
        await app.StartAsync();
        return gateway;
    }

    /// <summary>The token's claims, if it is rightly signed with this key.</summary>
    public JsonNode Claims(Secp256k1PublicKey key)
    {
        var parts = LastToken.Split('.');
        Assert.Equal("""{"alg":"ES256K","typ":"JWT"}""", Encoding.UTF8.GetString(Base64Url.DecodeFromChars(parts[0])));
        Assert.True(key.Verify(Encoding.ASCII.GetBytes($"{parts[0]}.{parts[1]}"), Base64Url.DecodeFromChars(parts[2])));
        return JsonNode.Parse(Base64Url.DecodeFromChars(parts[1]))!;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync(new CancellationToken(canceled: true));
        await _app.DisposeAsync();
    }

    private async Task ServeAsync(HttpContext context)
    {
        LastPath = $"{context.Request.Method} {context.Request.Path}{context.Request.QueryString}";
        var authorization = context.Request.Headers.Authorization.ToString();
        LastToken = authorization.StartsWith("Bearer ", StringComparison.Ordinal) ? authorization["Bearer ".Length..] : "";
        if (context.WebSockets.IsWebSocketRequest && context.Response.StatusCode == 200)
        {
            using var socket = await context.WebSockets.AcceptWebSocketAsync();
            await OnLogs(socket);
            return;
        }

        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        LastBody = body.ToArray();
        await OnRequest(context);
    }
}

/// <summary>Certificates in the form that providers put on the chain.</summary>
internal static class TestCertificates
{
    /// <param name="name">Common name.</param>
    /// <param name="serial">Serial number.</param>
    /// <param name="end">End of validity; null for a year from now.</param>
    /// <param name="usage">Extended usage.</param>
    public static X509Certificate2 Make(string name, long serial, DateTimeOffset? end = null, string usage = "1.3.6.1.5.5.7.3.1")
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new(usage)], critical: false));
        var now = TimeProvider.System.GetUtcNow();
        var bytes = BitConverter.GetBytes(serial).Reverse().SkipWhile(part => part == 0).ToArray();
        using var certificate = request.Create(
            request.SubjectName, X509SignatureGenerator.CreateForECDsa(key), now.AddYears(-1), end ?? now.AddYears(1), bytes);
        using var withKey = certificate.CopyWithPrivateKey(key);
        return X509CertificateLoader.LoadPkcs12(withKey.Export(X509ContentType.Pkcs12), null);
    }

    public static Wire.Cert.MsgCreateCertificate Message(ChainKey owner, X509Certificate2 certificate) => new()
    {
        Owner = owner.Address.Value,
        Cert = Google.Protobuf.ByteString.CopyFromUtf8(certificate.ExportCertificatePem() + "\n"),
        Pubkey = Google.Protobuf.ByteString.CopyFromUtf8(
            PemEncoding.WriteString("EC PUBLIC KEY", certificate.GetECDsaPublicKey()!.ExportSubjectPublicKeyInfo()) + "\n"),
    };
}
