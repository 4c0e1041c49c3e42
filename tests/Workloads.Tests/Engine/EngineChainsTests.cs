using ProviderAgent.Inventory;
using ProviderAgent.Workloads.Tests.Support;

namespace ProviderAgent.Workloads.Tests.Engine;

/// <summary>Something flushes every packet filter rule of the host, and the engine's own go with them: nothing new is sold until the engine has made them again.</summary>
public sealed class EngineChainsTests : IAsyncLifetime
{
    private readonly Lazy<NetworkSpace> _space = new();
    private readonly FlushedGuard _guard = new();
    private readonly RunningTimeProvider _time = new();
    private readonly WorkloadHost _host;
    private SpareEngine? _engine;

    public EngineChainsTests() => _host = new() { Guard = _guard, Time = _time };

    private IHostReadiness Readiness => _host.Get<IHostReadiness>();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await _host.DisposeAsync();
        if (_engine is not null) await _engine.DisposeAsync();
        if (_space.IsValueCreated) _space.Value.Dispose();
        await _time.DisposeAsync();
    }

    [Trait(FaultRow.Trait, FaultRow.NetworkTaken)]
    [NeedsRootFact("dockerd", "ip", "nft", "iptables")]
    public async Task RulesFlushed_ItIsKnownBeforeTheNextLeaseIsWon_AndOverOnceTheEngineWasRestarted()
    {
        await StartAsync();
        _space.Value.Nft("flush ruleset");
        _guard.Flush();

        await Eventually.BecomesTrueAsync("it is known", () => Readiness.Problem is not null);
        Assert.Contains("systemctl restart docker", Readiness.Problem, StringComparison.Ordinal);
        Assert.Equal(1, _host.Logged("EngineChainsGone"));
        await RestartAsync();
        _time.Speed = 10;
        await Eventually.BecomesTrueAsync("it is over", () => Readiness.Problem is null);
        Assert.Equal(1, _host.Logged("EngineChainsBack"));
    }

    [Trait(FaultRow.Trait, FaultRow.NetworkTaken)]
    [NeedsRootFact("dockerd", "ip", "nft", "iptables")]
    public async Task RulesFlushed_UnseenByUs_TheLeaseThatMeetsItIsTold_AndGetsItsNetworkOnceTheyAreBack()
    {
        await StartAsync();
        _space.Value.Nft("flush ruleset");

        var lease = _host.Market.Win(1);
        var view = await _host.WaitForAsync(lease, "the tenant is told", view => view.Problems.Count > 0);
        Assert.Equal(EngineChains.TenantText, view.Problems[""]);
        await Eventually.BecomesTrueAsync("nothing more is sold", () => Readiness.Problem is not null);

        // As a firewall manager does it that tells the engine, which makes its rules again without a restart.
        foreach (var command in new[] { "add table ip nat", "add chain ip nat DOCKER", "add table ip filter", "add chain ip filter DOCKER", "add chain ip filter DOCKER-ISOLATION-STAGE-1", "add chain ip filter DOCKER-ISOLATION-STAGE-2", "add chain ip filter DOCKER-USER" })
            _space.Value.Nft(command);
        _time.Speed = 30;
        await Eventually.BecomesTrueAsync("it has its network", async () => await _host.CountOnEngineAsync() == 1);
        await Eventually.BecomesTrueAsync("more is sold", () => Readiness.Problem is null);
    }

    private async Task StartAsync()
    {
        _engine = await SpareEngine.StartInAsync(_space.Value.File);
        _host.EngineEndpoint = _engine.Endpoint;
        _host.ConfigureTimeouts = timeouts => timeouts.Query = timeouts.Change = timeouts.Remove = timeouts.Start = timeouts.StopMargin = TimeSpan.FromMinutes(10); // the clock may run fast
        _host.Configure = options => options.Network.Subnets = "10.228.0.0/16";
        await _host.StartAsync();
        await Eventually.BecomesTrueAsync("the host is ready", () => Readiness.Problem is null);
    }

    private async Task RestartAsync()
    {
        await _engine!.DownAsync();
        await Eventually.BecomesTrueAsync("the engine is known to be away", () => _host.Get<IWorkloads>().Snapshot.IsStale);
        await _engine.UpAsync();
    }

    /// <summary>A firewall that says when it had to be loaded again.</summary>
    private sealed class FlushedGuard : INetworkGuard
    {
        private int _isGone = 1; // the first time it is loaded it never was there

        public void Flush() => Volatile.Write(ref _isGone, 1);

        public Task<bool> EnsureAsync(NetworkGuardRules rules, CancellationToken ct) => Task.FromResult(Interlocked.Exchange(ref _isGone, 0) == 1);

        public Task<IReadOnlyList<GuardCount>> ReadAsync(CancellationToken ct) => Task.FromResult<IReadOnlyList<GuardCount>>([]);
    }
}
