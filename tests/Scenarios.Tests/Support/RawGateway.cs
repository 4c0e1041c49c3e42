using System.Buffers.Text;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using ProviderAgent.Chain.Keys;
using ProviderAgent.Manifests;

namespace ProviderAgent.Scenarios.Tests.Support;

internal sealed record GatewayAnswer(HttpStatusCode Status, string Text);

/// <summary>The gateway seen by a client that keeps no rules: any body, any token.</summary>
internal sealed class RawGateway : IDisposable
{
    private readonly Trade _trade;
    private readonly X509Certificate2 _certificate;
    private readonly HttpClient _http;

    public RawGateway(Trade trade)
    {
        _trade = trade;
        _certificate = X509CertificateLoader.LoadCertificateFromFile(Path.Combine(trade.StateFolder, "gateway.crt"));
        var handler = new SocketsHttpHandler { UseProxy = false };
        handler.SslOptions.RemoteCertificateValidationCallback = (_, shown, _, _) => shown is not null && shown.GetRawCertData().AsSpan().SequenceEqual(_certificate.RawData);
        _http = new(handler) { Timeout = TimeSpan.FromSeconds(30) };
    }

    public string ManifestOf(string sdl) => Encoding.UTF8.GetString(CanonicalManifest.Encode(SdlReader.Read(sdl).Manifest));

    /// <param name="dseq">The deployment.</param>
    /// <param name="body">What is sent as its manifest.</param>
    /// <param name="token">Null for the tenant's own; empty for none.</param>
    public async Task<GatewayAnswer> PutAsync(ulong dseq, string body, string? token = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, $"https://127.0.0.1:{_trade.GatewayPort}/deployment/{dseq}/manifest")
        {
            Content = new StringContent(body, Encoding.UTF8, "application/json"),
        };
        request.Headers.ExpectContinue = true; // a refusal by size comes before the body is sent
        token ??= await TokenAsync(_trade.Chain.TenantKey);
        if (token.Length > 0) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var response = await _http.SendAsync(request);
        return new(response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    /// <summary>A token in the tenant's name that somebody else signed.</summary>
    public Task<string> ForgeTokenAsync() => TokenAsync(_trade.Chain.ProviderKey);

    public void Dispose()
    {
        _http.Dispose();
        _certificate.Dispose();
    }

    private async Task<string> TokenAsync(ChainKey key)
    {
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        var claims = new JsonObject
        {
            ["iss"] = _trade.Tenant.Address.Value,
            ["iat"] = now,
            ["nbf"] = now,
            ["exp"] = now + 600,
            ["version"] = "v1",
            ["leases"] = new JsonObject { ["access"] = "full" },
        };
        var text = $"{Base64Url.EncodeToString("""{"alg":"ES256K","typ":"JWT"}"""u8)}.{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(claims.ToJsonString()))}";
        return $"{text}.{Base64Url.EncodeToString(await key.SignAsync(Encoding.ASCII.GetBytes(text), CancellationToken.None))}";
    }
}
