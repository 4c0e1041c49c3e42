using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using ProviderAgent.Adapters;
using ProviderAgent.Chain.Keys;
using ProviderAgent.Chain.Keys.Remote;
using ProviderAgent.Cli.Verbs;
using ProviderAgent.Config;
using ProviderAgent.Devnet.Hosting;
using ProviderAgent.Hosting;
using ProviderAgent.Market;
using ProviderAgent.Marketplace;
using ProviderAgent.Operator;
using ProviderAgent.ProviderAgent.Tests.Support;

namespace ProviderAgent.ProviderAgent.Tests.Market;

/// <summary>register, attributes, cert: against a local chain, as commands of their own.</summary>
public sealed class MarketVerbsTests : IAsyncLifetime
{
    private readonly TempFolder _folder = new();
    private DevnetChain? _chain;

    private DevnetChain Chain => _chain!;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        if (_chain is not null) await _chain.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task RegisterAndAttributes_SendOnlyWhatChanged()
    {
        await StartAsync();

        Assert.Equal(ExitCode.Refused, (await RunAsync("attributes")).Code);
        var registered = await RunAsync("register");
        Assert.True(registered.Code == ExitCode.Done, registered.Errors);
        Assert.Contains("+ region=eu", registered.Errors, StringComparison.Ordinal);
        Assert.Equal("already as configured\n", (await RunAsync("register")).Output);
        Assert.Equal("already as configured\n", (await RunAsync("attributes")).Output);

        var shown = await RunAsync("attributes", "--dry-run", "--set", "provider.attributes={region: us, tier: gold}");
        Assert.Equal("nothing was sent\n", shown.Output);
        Assert.Equal(["+ region=us", "+ tier=gold", "- region=eu"], shown.Errors.Trim().Split('\n'));
        var changed = await RunAsync("attributes", "--json", "--set", "provider.attributes={region: us}");

        using var document = JsonDocument.Parse(changed.Output);
        Assert.Equal("done", document.RootElement.GetProperty("result").GetString());
        Assert.Equal(64, document.RootElement.GetProperty("transaction").GetString()!.Length);
    }

    [Fact]
    public async Task Attributes_EditThatVoidsAnAudit_NeedsForce()
    {
        await StartAsync(options => options.Audits.Add(new() { Auditor = AuditorOf(), Attributes = { ["region"] = "eu" } }));
        await RunAsync("register");

        var refused = await RunAsync("attributes", "--set", "provider.attributes={region: us}");
        Assert.True(refused.Code == ExitCode.Refused, refused.Errors);
        Assert.Contains("would void an audit", refused.Errors, StringComparison.Ordinal);
        Assert.Equal("already as configured\n", (await RunAsync("attributes")).Output);
        var forced = await RunAsync("attributes", "--force", "--set", "provider.attributes={region: us}");

        Assert.Equal(ExitCode.Done, forced.Code);
        Assert.Contains("! auditor", forced.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cert_WholeLife_IsOnTheMarketAsTheFilesSay()
    {
        await StartAsync();

        var created = await RunAsync("cert", "create");
        Assert.Equal(ExitCode.Done, created.Code);
        var first = Serial();
        Assert.Contains(first, created.Output, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Failed, (await RunAsync("cert", "revoke")).Code);
        Assert.Contains(first, (await RunAsync("cert", "publish")).Errors, StringComparison.Ordinal);
        Assert.Equal("already as configured\n", (await RunAsync("cert", "publish")).Output);
        Assert.Equal(ExitCode.Refused, (await RunAsync("cert", "revoke")).Code);

        var rotated = await RunAsync("cert", "rotate");
        Assert.True(rotated.Code == ExitCode.Done, rotated.Errors);
        var second = Serial();
        Assert.NotEqual(first, second);
        Assert.Contains($"- certificate {first}", rotated.Errors, StringComparison.Ordinal);
        Assert.Equal("already as configured\n", (await RunAsync("cert", "revoke", first)).Output);

        Assert.Equal(ExitCode.Done, (await RunAsync("cert", "revoke", "--force")).Code);
        var revoked = await RunAsync("cert", "publish");
        Assert.Equal(ExitCode.Refused, revoked.Code);
        Assert.Contains("cert rotate", revoked.Errors, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Usage, (await RunAsync("cert", "revoke", "12x")).Code);
    }

    [Fact]
    public async Task Verbs_DaemonRuns_ActThroughItWithTheGpusThatItSees()
    {
        const string gpu = "capabilities/gpu/vendor/nvidia/model/h100";
        await StartAsync(options => (options.AktUsd, options.EpochBlocks) = (0.5m, 20));
        var sources = new ConfigSources(_folder.File("config.yaml"), new Dictionary<string, string>(), []);
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Logging.SetMinimumLevel(LogLevel.None);
        builder.Services.AddAgent(Load(), sources);
        builder.Services.AddSingleton<DetectedAttributes>(() => [new(gpu, "true")]);
        using var daemon = builder.Build();
        var rooms = daemon.Services.GetServices<IHostedService>().Where(service => service.GetType().Assembly.GetName().Name is "ProviderAgent.Chain" or "ProviderAgent.Ledger" || service is OperatorServer).ToArray();
        foreach (var room in rooms) await room.StartAsync(default);
        var market = daemon.Services.GetRequiredService<IMarketplace>();
        await market.GetTickAsync(default);
        await daemon.Services.GetRequiredService<Ledger.LedgerDatabase>().BindAsync(market.Health.Network, market.Account, default);

        var registered = await RunAsync("register");
        Assert.True(registered.Code == ExitCode.Done, registered.Errors);
        Assert.Contains($"+ {gpu}=true", registered.Errors, StringComparison.Ordinal);
        Assert.Equal("already as configured\n", (await RunAsync("attributes")).Output);
        Assert.Equal(ExitCode.Done, (await RunAsync("cert", "publish")).Code);
        Assert.Equal(ExitCode.Refused, (await RunAsync("cert", "revoke")).Code); // the code comes through the daemon too
        var before = Chain.BalanceOf(market.Account, "uakt");
        var converted = await RunAsync("convert", "20000000uact", "--json");

        using var document = JsonDocument.Parse(converted.Output);
        Assert.Equal(("done", "20000000uact", "40000000uakt"), (Text("result"), Text("burned"), Text("estimate")));
        await Eventually.BecomesTrueAsync("the conversion", () => Chain.BalanceOf(market.Account, "uakt") > before + 39_000_000);
        var tooMuch = await RunAsync("convert", "999999999999uact");
        Assert.Equal(ExitCode.Refused, tooMuch.Code);
        Assert.Contains("withdraw first", tooMuch.Output, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Usage, (await RunAsync("convert", "5akt")).Code);
        foreach (var room in rooms.Reverse()) await room.StopAsync(default);
        daemon.Dispose(); // and with it the lock on the ledger

        // Without a daemon the GPUs are not known, and those on the market are left alone.
        Assert.Equal("already as configured\n", (await RunAsync("attributes")).Output);

        string? Text(string name) => document.RootElement.GetProperty(name).GetString();
    }

    [Fact]
    public async Task Register_KeyInAnotherProcess_IsSignedThere()
    {
        await StartAsync();
        var path = _folder.File("signer.sock");
        using var stop = new CancellationTokenSource();
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen();
        var serving = new SignerServer(Chain.ProviderKey, new(Chain.ProviderKey.Address, Coin.Parse("1000000uakt"), Chain.ChainId), TimeProvider.System, NullLogger<SignerServer>.Instance).RunAsync(listener, stop.Token);

        var registered = await RunAsync("register", "--set", "chain.key.file=", "--set", $"chain.key.socket={path}");

        Assert.True(registered.Code == ExitCode.Done, registered.Errors);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => serving);
        File.Delete(path);
        var away = await RunAsync("register", "--set", "chain.key.file=", "--set", $"chain.key.socket={path}");
        Assert.Equal(ExitCode.Failed, away.Code);
        Assert.Contains("keys serve", away.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Presence_CertificateNearsItsEnd_IsReplacedByTheMarketsClock()
    {
        await StartAsync();
        await RunAsync("register");
        await RunAsync("cert", "publish");
        var first = Serial();
        await OneOffMarket.RunAsync(Load("provider.certificate_ahead=1h"), async services =>
        {
            var sut = Presence(services);
            await sut.LookAsync(default);
            Assert.Empty(sut.Problems);
            Assert.Equal(first, Serial());
            return 0;
        }, default);

        // A year is what a certificate lasts: with 300 days wanted ahead and the market's clock 100 days on, it is time.
        await OneOffMarket.RunAsync(Load("provider.certificate_ahead=300d"), async services =>
        {
            var certificates = services.GetRequiredService<GatewayCertificate>();
            var shown = certificates.Current!;
            var sut = Presence(services, new LaterMarket(services.GetRequiredService<IMarketplace>(), TimeSpan.FromDays(100)));
            await sut.LookAsync(default);
            Assert.Empty(sut.Problems);
            Assert.NotEqual(first, Serial());
            Assert.NotSame(shown, certificates.Current);
            Assert.NotNull(shown.Certificate.GetECDsaPrivateKey()); // handshakes under way go on
            return 0;
        }, default);
        Assert.Equal("already as configured\n", (await RunAsync("cert", "publish")).Output);
    }

    [Fact]
    public async Task Presence_NothingOnTheMarket_SaysWhatToRun()
    {
        await StartAsync();

        await OneOffMarket.RunAsync(Load(), async services =>
        {
            var sut = Presence(services);
            await sut.LookAsync(default);
            Assert.Contains(sut.Problems, problem => problem.Contains("provider-agent register", StringComparison.Ordinal));
            Assert.Contains(sut.Problems, problem => problem.Contains("cert publish", StringComparison.Ordinal));
            return 0;
        }, default);
    }

    [Theory]
    [InlineData("prepared")]
    [InlineData("key taken")]
    public async Task Rotate_InterruptedEarlier_GoesOnFromThere(string where)
    {
        await StartAsync();
        await RunAsync("cert", "publish");
        var first = Serial();
        string next = "";
        await OneOffMarket.WithServicesAsync(Load(), services =>
        {
            next = services.GetRequiredService<GatewayCertificate>().ReadOrCreateNext().Serial;
            return Task.FromResult(0);
        });
        if (where == "key taken") File.Move(State("gateway.next.key"), State("gateway.key"), overwrite: true);

        if (where == "prepared")
        {
            Assert.Equal(ExitCode.Done, (await RunAsync("cert", "rotate")).Code);
        }
        else
        {
            // Only the publishing is left, since this one was taken before it: the files fit together again.
            Assert.Equal(ExitCode.Done, (await RunAsync("cert", "publish")).Code);
        }

        Assert.Equal((next, false), (Serial(), first == Serial()));
        using var pair = X509Certificate2.CreateFromPemFile(State("gateway.crt"), State("gateway.key"));
        Assert.True(pair.HasPrivateKey);
        Assert.Empty(Directory.GetFiles(_folder.File("state"), "gateway.next.*"));
    }

    private static MarketPresence Presence(IServiceProvider services, IMarketplace? market = null) => new(
        services.GetRequiredService<MarketActs>(), services.GetRequiredService<GatewayCertificate>(), market ?? services.GetRequiredService<IMarketplace>(),
        services.GetRequiredService<IOptionsMonitor<ProviderOptions>>(), TimeProvider.System, NullLogger<MarketPresence>.Instance);

    private static string AuditorOf()
    {
        using var key = ChainKey.FromMnemonic("legal winner thank year wave sausage worth useful legal winner thank yellow");
        return key.Address.Value;
    }

    private string State(string file) => Path.Combine(_folder.File("state"), file);

    private string Serial()
    {
        using var certificate = X509CertificateLoader.LoadCertificateFromFile(State("gateway.crt"));
        return new System.Numerics.BigInteger(certificate.SerialNumberBytes.Span, isUnsigned: true, isBigEndian: true).ToString(System.Globalization.CultureInfo.InvariantCulture);
    }

    private async Task StartAsync(Action<DevnetOptions>? change = null)
    {
        var options = new DevnetOptions { Listen = "127.0.0.1:0", BlockTime = TimeSpan.FromMilliseconds(50), Home = _folder.File("chain") };
        change?.Invoke(options);
        _chain = await DevnetChain.StartAsync(options);
        await File.WriteAllTextAsync(_folder.File("config.yaml"), $$"""
            chain:
              endpoints: [{rpc: "{{_chain.RpcAddress}}"}]
              poll_interval: 100ms
              subscribe: false
              confirm_on: 1
              key: {file: {{Path.Combine(_folder.File("chain"), "provider.key")}}}
            provider:
              host_uri: https://provider.example.com:8443
              attributes: {region: eu}
            operator: {listen: "127.0.0.1:{{FreePort.Next()}}"}
            state: {directory: {{_folder.File("state")}}}
            """);
    }

    private AgentOptions Load(params string[] set) => ConfigLoaderFactory.Create().Load(new ConfigSources(_folder.File("config.yaml"), new Dictionary<string, string>(), set));

    private Task<CliResult> RunAsync(params string[] arguments) =>
        CommandRunner.RunAsync(new MarketVerbs(ConfigLoaderFactory.Create()).All(), [.. arguments, "--config", _folder.File("config.yaml")]);

    /// <summary>The same market, whose clock is ahead.</summary>
    private sealed class LaterMarket(IMarketplace inner, TimeSpan ahead) : MarketStub
    {
        public override AccountAddress Account => inner.Account;

        public override MarketHealth Health => inner.Health with { TickTime = inner.Health.TickTime + ahead };

        public override Task<CertificateRecord?> FindCertificateAsync(AccountAddress owner, string serial, CancellationToken ct) => inner.FindCertificateAsync(owner, serial, ct);
    }
}
