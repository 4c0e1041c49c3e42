using System.Net;
using System.Net.Http.Headers;
using System.Net.WebSockets;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using ProviderAgent.Gateway.Tests.Fakes;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Gateway.Tests;

/// <summary>A listening gateway on a free loopback port, with everything behind it faked and the clock standing at the time of the golden tokens.</summary>
internal sealed class GatewayHarness : IAsyncDisposable
{
    private readonly ServiceProvider _services;

    private GatewayHarness(ServiceProvider services) => _services = services;

    public ManualTimeProvider Time { get; private init; } = null!;

    public FakeMarketplace Market => (FakeMarketplace)_services.GetRequiredService<IMarketplace>();

    public FakeDirectory Directory => _services.GetRequiredService<FakeDirectory>();

    public FakeInbox Inbox => (FakeInbox)_services.GetRequiredService<IManifestInbox>();

    public FakeLogs Logs => (FakeLogs)_services.GetRequiredService<ILeaseLogs>();

    public FakeHostNames HostNames => (FakeHostNames)_services.GetRequiredService<IHostNameDesk>();

    public FakeProviderStatus Status => (FakeProviderStatus)_services.GetRequiredService<IProviderStatus>();

    public FakeCertificate Certificate => (FakeCertificate)_services.GetRequiredService<IGatewayCertificate>();

    public IPEndPoint Endpoint => _services.GetRequiredService<IGatewayListener>().Endpoint!;

    public HttpClient Client { get; private set; } = null!;

    public T Get<T>()
        where T : notnull => _services.GetRequiredService<T>();

    public static async Task<GatewayHarness> StartAsync(Action<GatewayOptions>? configure = null, Action<IServiceCollection>? register = null)
    {
        var time = new ManualTimeProvider(Tokens.Now);
        var services = new ServiceCollection();
        services.AddSingleton<TimeProvider>(time);
        services.AddSingleton<IMarketplace>(new FakeMarketplace(Tokens.Provider));
        services.AddSingleton<FakeDirectory>();
        services.AddSingleton<ILeaseDirectory>(provider => provider.GetRequiredService<FakeDirectory>());
        services.AddSingleton<IManifestInbox, FakeInbox>();
        services.AddSingleton<ILeaseLogs, FakeLogs>();
        services.AddSingleton<IProviderStatus, FakeProviderStatus>();
        services.AddSingleton<IHostNameDesk, FakeHostNames>();
        services.AddSingleton<IGatewayCertificate, FakeCertificate>();
        services.AddSingleton<ISignatureVerifier, Secp256k1Verifier>();
        services.AddSingleton<IAccountFormat, Bech32Format>();
        register?.Invoke(services);
        services.AddGateway();
        var options = new GatewayOptions { Rest = "127.0.0.1:0" };
        configure?.Invoke(options);
        services.Replace(ServiceDescriptor.Singleton(Options.Create(options)));
        var harness = new GatewayHarness(services.BuildServiceProvider()) { Time = time };
        Tokens.Register(harness.Market);
        foreach (var service in harness._services.GetServices<IHostedService>()) await service.StartAsync(CancellationToken.None);
        harness.Client = harness.NewClient();
        return harness;
    }

    public HttpClient NewClient() => new(new SocketsHttpHandler { SslOptions = { RemoteCertificateValidationCallback = (_, shown, _, _) => IsOurs(shown) } })
    {
        BaseAddress = new Uri($"https://127.0.0.1:{Endpoint.Port}"),
        Timeout = TimeSpan.FromSeconds(60),
    };

    /// <summary>Sends a request with a golden token (by name; null for none).</summary>
    public Task<HttpResponseMessage> SendAsync(string method, string path, string? token = Tokens.Full, HttpContent? content = null)
    {
        var request = new HttpRequestMessage(new(method), path) { Content = content };
        if (token is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Tokens.Get(token));
        return Client.SendAsync(request);
    }

    public Task<ClientWebSocket> ConnectAsync(string path, string? token = Tokens.Full, Action<ClientWebSocketOptions>? configure = null) =>
        ConnectAsync(new ClientWebSocket(), path, token, configure);

    public async Task<ClientWebSocket> ConnectAsync(ClientWebSocket socket, string path, string? token, Action<ClientWebSocketOptions>? configure = null)
    {
        socket.Options.RemoteCertificateValidationCallback = (_, shown, _, _) => IsOurs(shown);
        socket.Options.CollectHttpResponseDetails = true;
        if (token is not null) socket.Options.SetRequestHeader("Authorization", $"Bearer {Tokens.Get(token)}");
        configure?.Invoke(socket.Options);
        await socket.ConnectAsync(new Uri($"wss://127.0.0.1:{Endpoint.Port}{path}"), CancellationToken.None);
        return socket;
    }

    /// <summary>Tests pin the certificate, as tenants do with the one on the market.</summary>
    private bool IsOurs(X509Certificate? shown) => shown is not null && shown.GetRawCertData().AsSpan().SequenceEqual(Certificate.Current!.Certificate.RawData);

    public async Task StopAsync()
    {
        foreach (var service in _services.GetServices<IHostedService>()) await service.StopAsync(CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        Client?.Dispose();
        await StopAsync();
        await _services.DisposeAsync();
    }
}
