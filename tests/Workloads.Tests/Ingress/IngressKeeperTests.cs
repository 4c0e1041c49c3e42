using System.Net;
using ProviderAgent.Marketplace;
using ProviderAgent.Workloads.Tests.Support;

namespace ProviderAgent.Workloads.Tests.Ingress;

/// <summary>Routes and names follow the leases, whatever happens in between.</summary>
public sealed class IngressKeeperTests : IAsyncLifetime
{
    private static readonly IPAddress Replica = IPAddress.Parse("10.213.0.2");
    private static readonly LeaseId Mine = Build.Lease;
    private static readonly LeaseId Sibling = LeaseId.Parse("akash1tenant/8/1/1/akash1provider");
    private static readonly LeaseId Stranger = LeaseId.Parse("akash1stranger/7/1/1/akash1provider");

    private readonly ManualTimeProvider _time = new();
    private readonly IngressHost _host;

    public IngressKeeperTests() => _host = new(_time);

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task Keep_EngineWasNeverRead_TouchesNothing()
    {
        _host.EngineWasNeverRead();

        await _host.Keeper.KeepOnceAsync(default);

        Assert.Null(_host.Proxy.Table);
    }

    [Fact]
    public async Task Keep_LeaseEnds_ItsRoutesGoWhileItsContainersStillRun()
    {
        _host.Runs(Web(Mine, LeaseStage.Active, "a.example.org"));
        await _host.Keeper.KeepOnceAsync(default);
        Assert.Equal(2, Assert.Single(_host.Proxy.Table!.Routes).Hosts.Count);
        Assert.Equal(HostStage.Routed, _host.Host("a.example.org").Stage);

        _host.Runs(Web(Mine, LeaseStage.Closing, "a.example.org"));
        await _host.Keeper.KeepOnceAsync(default);

        Assert.Empty(_host.Proxy.Table.Routes);
        Assert.Empty(_host.Keeper.Snapshot.Hosts);
    }

    [Fact]
    public async Task Keep_ProxyDoesNotTakeTheRoutes_NamesWaitWithTheReason()
    {
        _host.Proxy.Report = new(IsServing: false, "nginx does not start: x");
        _host.Runs(Web(Mine, LeaseStage.Active, "a.example.org"));

        await _host.Keeper.KeepOnceAsync(default);

        Assert.Equal((HostStage.Waiting, "nginx does not start: x"), (_host.Host("a.example.org").Stage, _host.Host("a.example.org").Detail));
        Assert.Empty(_host.Keeper.Snapshot.Routed(Mine, "web"));
        Assert.Equal(0, _host.Meters.Gauge("provider_ingress_serving"));
        Assert.Equal(2, _host.Meters.Gauge("provider_ingress_hosts", "state=waiting"));
    }

    [Fact]
    public async Task Keep_NameOfASibling_IsWithheldUntilThatEnds()
    {
        _host.Runs(Web(Mine, LeaseStage.Active, "a.example.org"));
        await _host.Keeper.KeepOnceAsync(default);
        _host.Runs(Web(Mine, LeaseStage.Active, "a.example.org"), Web(Sibling, LeaseStage.Active, "a.example.org"));
        await _host.Keeper.KeepOnceAsync(default);
        Assert.Equal([(Mine, HostStage.Routed), (Sibling, HostStage.Withheld)], States("a.example.org"));

        await _host.Get<HostNameBook>().ReleaseAsync(Mine, [], default);
        _host.Runs(Web(Sibling, LeaseStage.Active, "a.example.org"));
        await _host.Keeper.KeepOnceAsync(default);

        Assert.Equal([(Sibling, HostStage.Routed)], States("a.example.org"));
    }

    [Fact]
    public async Task Keep_NameMoved_ChangesItsRouteAtOnce()
    {
        _host.Runs(Web(Mine, LeaseStage.Active, "a.example.org"), Web(Sibling, LeaseStage.Active, "a.example.org"));
        await _host.Keeper.KeepOnceAsync(default);

        await _host.Get<HostNameBook>().MoveAsync(Sibling, ["a.example.org"], default);
        await _host.Keeper.KeepOnceAsync(default);

        Assert.Equal([(Mine, HostStage.Withheld), (Sibling, HostStage.Routed)], States("a.example.org"));
        Assert.Equal(Sibling, _host.Proxy.Table!.Routes.Single(route => route.Hosts.Contains("a.example.org")).Lease);
    }

    [Fact]
    public async Task Keep_GoodManifestNamesOthers_GivesUpTheOldOnes()
    {
        _host.Runs(Web(Mine, LeaseStage.Active, "old.example.org"));
        await _host.Keeper.KeepOnceAsync(default);
        var updated = Web(Mine, LeaseStage.Active, "new.example.org");

        _host.Runs(updated with { Lease = updated.Lease with { Manifest = ManifestHash.Parse(new string('b', 64)) } });
        await _host.Keeper.KeepOnceAsync(default);
        Assert.Equal(["new.example.org", "old.example.org"], _host.Stores.HostNames.Select(held => held.Name).Order());

        _host.Runs(updated);
        await _host.Keeper.KeepOnceAsync(default);
        Assert.Equal(["new.example.org"], _host.Stores.HostNames.Select(held => held.Name));
    }

    [Fact]
    public async Task Keep_ManifestThatCannotRun_RoutesOnWhatRunsOfTheOneBefore()
    {
        var running = Web(Mine, LeaseStage.Active, "a.example.org");
        _host.Runs(running);
        await _host.Keeper.KeepOnceAsync(default);

        _host.Runs(running with { Group = null, Desired = null });
        await _host.Keeper.KeepOnceAsync(default);

        Assert.Equal(["a.example.org", HostName.Generated(Mine, "web", IngressHost.Domain)], Assert.Single(_host.Proxy.Table!.Routes).Hosts);
    }

    [Fact]
    public async Task Prove_RecordAppears_RoutesTheNameAndRemembersIt()
    {
        using var dns = new DnsServer();
        _host.Options.Set(new() { RequireOwnership = true, Resolvers = [dns.Endpoint.ToString()] });
        _host.Runs(Web(Mine, LeaseStage.Active, "a.example.org"));
        await _host.Keeper.KeepOnceAsync(default);
        Assert.Equal(HostStage.Unproven, _host.Host("a.example.org").Stage);

        dns.Texts["_provider-agent.a.example.org"] = ["owner=akash1stranger"];
        await _host.Get<OwnershipProver>().TurnAsync(default);
        await _host.Keeper.KeepOnceAsync(default);
        Assert.Equal(HostStage.Unproven, _host.Host("a.example.org").Stage);

        dns.Texts["_provider-agent.a.example.org"] = ["v=spf1 -all", "owner=akash1tenant"];
        await _host.Get<OwnershipProver>().TurnAsync(default); // asked a moment ago: not yet again
        Assert.Equal(1, dns.Packets);
        _time.Advance(TimeSpan.FromMinutes(1));
        await _host.Get<OwnershipProver>().TurnAsync(default);
        await _host.Keeper.KeepOnceAsync(default);
        Assert.Equal(HostStage.Routed, _host.Host("a.example.org").Stage);

        await using var restarted = new IngressHost(_time, _host.Stores);
        restarted.Options.Set(_host.Options.CurrentValue);
        dns.Texts.Clear();
        restarted.Runs(Web(Mine, LeaseStage.Active, "a.example.org"));
        await restarted.Get<HostNameBook>().LoadAsync(default);
        await restarted.Keeper.KeepOnceAsync(default);
        Assert.Equal(HostStage.Routed, restarted.Host("a.example.org").Stage);
    }

    [Fact]
    public async Task Prove_NameServersAreAway_LeavesTheNameUnproven()
    {
        using var dns = new DnsServer { Spoil = answer => [.. answer[..3], 0x82, .. answer[4..]] };
        _host.Options.Set(new() { RequireOwnership = true, Resolvers = [dns.Endpoint.ToString()] });
        _host.Runs(Web(Mine, LeaseStage.Active, "a.example.org"));
        await _host.Keeper.KeepOnceAsync(default);

        await _host.Get<OwnershipProver>().TurnAsync(default);

        Assert.Equal(1, _host.Meters.Sum("provider_ingress_ownership_checks_total", "result=unknown"));
        Assert.Equal(HostStage.Unproven, _host.Host("a.example.org").Stage);
    }

    [Fact]
    public async Task Keep_StorageFails_RoutesOnWhatIsHeldAndTakesTheRestLater()
    {
        _host.Runs(Web(Mine, LeaseStage.Active, "a.example.org"));
        await _host.Keeper.KeepOnceAsync(default);

        _host.Stores.HostNamesFail = true;
        _host.Runs(Web(Mine, LeaseStage.Active, "a.example.org"), Web(Sibling, LeaseStage.Active, "b.example.org"));
        await _host.Keeper.KeepOnceAsync(default);
        Assert.Equal((HostStage.Routed, HostStage.Taken), (_host.Host("a.example.org").Stage, _host.Host("b.example.org").Stage));
        Assert.Equal(1, _host.Log.Count("NamesNotHeld"));

        _host.Stores.HostNamesFail = false;
        await _host.Keeper.KeepOnceAsync(default);
        Assert.Equal(HostStage.Routed, _host.Host("b.example.org").Stage);
    }

    [Fact]
    public async Task Keep_NamesOfStrangers_AreNeverTakenOver()
    {
        _host.Runs(Web(Stranger, LeaseStage.Active, "a.example.org"));
        await _host.Keeper.KeepOnceAsync(default);

        _host.Runs(Web(Stranger, LeaseStage.Active, "a.example.org"), Web(Mine, LeaseStage.Active, "a.example.org", "b.example.org"));
        await _host.Keeper.KeepOnceAsync(default);

        Assert.Equal([(Stranger, HostStage.Routed), (Mine, HostStage.Taken)], States("a.example.org").OrderBy(state => state.Stage));
        Assert.Equal(HostStage.Routed, _host.Host("b.example.org").Stage);
    }

    private List<(LeaseId Lease, HostStage Stage)> States(string host) => [.. _host.Keeper.Snapshot.Hosts.Where(state => state.Host == host).Select(state => (state.Lease, state.Stage))];

    private static LeaseView Web(LeaseId lease, LeaseStage stage, params string[] hosts) => IngressHost.Lease(lease, 80, stage, Replica, hosts);
}
