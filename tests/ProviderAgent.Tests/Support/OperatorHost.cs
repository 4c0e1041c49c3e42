using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ProviderAgent.Chain.Keys;
using ProviderAgent.Config;
using ProviderAgent.Hosting;
using ProviderAgent.Marketplace;
using ProviderAgent.Operator;

namespace ProviderAgent.ProviderAgent.Tests.Support;

/// <summary>The daemon as it is composed, of which only the operator's server runs; the market is one in memory.</summary>
internal sealed class OperatorHost : IAsyncDisposable
{
    private readonly TempFolder _folder = new();
    private readonly IHost _host;

    private OperatorHost(IMarketplace market, int port)
    {
        using (KeyFile.Create(_folder.File("signing.key")))
        {
        }

        var sources = new ConfigSources(
            null,
            new Dictionary<string, string>(),
            [
                "chain.endpoints=[{rpc: \"http://127.0.0.1:9\"}]",
                $"chain.key.file={_folder.File("signing.key")}",
                "provider.host_uri=https://provider.example.com:8443",
                "ingress.mode=none", // the usual ports belong to the machine
                $"operator.listen=127.0.0.1:{port}",
                $"state.directory={_folder.File("state")}",
            ]);
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Logging.SetMinimumLevel(LogLevel.None);
        builder.Services.AddAgent(ConfigLoaderFactory.Create().Load(sources), sources);
        builder.Services.AddSingleton(market);
        _host = builder.Build();
        Http = new() { BaseAddress = new($"http://127.0.0.1:{port}"), Timeout = TimeSpan.FromMinutes(1) };
    }

    public HttpClient Http { get; }

    public T Get<T>()
        where T : notnull => _host.Services.GetRequiredService<T>();

    public static async Task<OperatorHost> StartAsync(IMarketplace? market = null)
    {
        var host = Create(FreePort.Next(), market);
        await host.Server.StartAsync(default);
        return host;
    }

    /// <summary>Composed, nothing started.</summary>
    public static OperatorHost Create(int port, IMarketplace? market = null) => new(market ?? new QuietMarket(), port);

    public OperatorServer Server => _host.Services.GetServices<IHostedService>().OfType<OperatorServer>().Single();

    /// <summary>Starts the services that only offer values to a scrape or read the host.</summary>
    public async Task StartServiceAsync(string name)
    {
        var service = _host.Services.GetServices<IHostedService>().Single(service => service.GetType().Name == name);
        await service.StartAsync(default);
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        foreach (var service in _host.Services.GetServices<IHostedService>()) await service.StopAsync(default);
        if (_host is IAsyncDisposable host) await host.DisposeAsync();
        _folder.Dispose();
    }
}

/// <summary>A market with a clock and no leases.</summary>
internal sealed class QuietMarket : MarketStub
{
    public override AccountAddress Account { get; } = AccountAddress.Parse("akash1provider");

    public bool IsAway { get; set; }

    public override MarketHealth Health => IsAway ? new(false, "", null, null, "no endpoint answers") : new(true, "test-1", new(7), null, "");

    public override Task<MarketTick> GetTickAsync(CancellationToken ct) => AskAsync(new MarketTick(7));

    public override Task SettleAsync(CancellationToken ct) => AskAsync(true);

    public override async IAsyncEnumerable<LeaseAccount> ListOwnLeasesAsync(LeaseState state, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken ct)
    {
        await AskAsync(true);
        yield break;
    }

    private Task<T> AskAsync<T>(T answer) => IsAway ? Task.FromException<T>(new MarketUnavailableException("no endpoint answers")) : Task.FromResult(answer);
}
