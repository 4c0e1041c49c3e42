using System.Net;
using Microsoft.Extensions.Logging.Abstractions;

namespace ProviderAgent.Workloads.Tests.Ingress;

/// <summary>A real nginx that is dead, wholly or in part, when the daemon comes.</summary>
public sealed class NginxRevivalTests : IAsyncLifetime
{
    private readonly NginxRig _rig = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _rig.DisposeAsync();

    [NeedsFact(NginxRig.Program)]
    public async Task Keep_NginxDeadAndEngineAway_ServesTheRoutesFromBefore_ThenTheRightOnes()
    {
        var (stays, gone) = (_rig.AddReplica(11), _rig.AddReplica(12));
        await using (var before = new IngressHost(TimeProvider.System, rig: _rig))
        {
            before.Runs(Web(stays.Address, "stays.example.org"), Web(gone.Address, "gone.example.org", 8));
            await KeepAsync(before);
        }

        await _rig.KillAllAsync();
        await using var host = new IngressHost(TimeProvider.System, rig: _rig);
        host.EngineWasNeverRead();
        await host.Keeper.KeepOnceAsync(default);

        Assert.EndsWith("replica 11", await _rig.GetAsync("stays.example.org"), StringComparison.Ordinal);
        Assert.EndsWith("replica 12", await _rig.GetAsync("gone.example.org"), StringComparison.Ordinal);
        Assert.Equal(1, host.Log.Count("IngressResumed"));
        Assert.Empty(host.Keeper.Snapshot.Hosts); // nobody is told that a name is routed before it is known

        var master = _rig.Processes.FindMaster();
        await host.Keeper.KeepOnceAsync(default);
        Assert.Equal(master, _rig.Processes.FindMaster());

        host.Runs(Web(stays.Address, "stays.example.org"));
        await KeepAsync(host);
        Assert.EndsWith("replica 11", await _rig.GetAsync("stays.example.org"), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 404 ", await _rig.GetAsync("gone.example.org"), StringComparison.Ordinal);
        Assert.Equal(master, _rig.Processes.FindMaster()); // corrected in place
    }

    [NeedsFact(NginxRig.Program)]
    public async Task Resume_HostWasSwitchedOffMeanwhile_ServesNothingFromBefore()
    {
        await _rig.ServeAsync(_rig.Route("a.example.com", null, _rig.AddReplica(11)));
        await _rig.KillAllAsync();
        await File.WriteAllTextAsync(_rig.Paths.Boot, "another run of this host");

        _rig.RestartDaemon();
        Assert.Null((await _rig.Driver.ResumeAsync(default)).Problem);

        Assert.Null(_rig.Processes.FindMaster());
    }

    [NeedsFact(NginxRig.Program)]
    public async Task Resume_NothingFromBefore_DoesNothing()
    {
        Assert.Null((await _rig.Driver.ResumeAsync(default)).Problem);

        Assert.Null(_rig.Processes.FindMaster());
    }

    [NeedsFact(NginxRig.Program)]
    public async Task Resume_FileFromBeforeIsDamaged_IsToldOnce_AndPutRightWithTheFirstRoutes()
    {
        var route = _rig.Route("a.example.com", null, _rig.AddReplica(11));
        await _rig.ServeAsync(route);
        await _rig.KillAllAsync();
        await File.WriteAllTextAsync(_rig.Paths.Config, "garbage {{{");

        _rig.RestartDaemon();
        for (var turn = 0; turn < 3; turn++) Assert.Contains("nginx does not start", (await _rig.Driver.ResumeAsync(default)).Problem, StringComparison.Ordinal);
        Assert.Equal(1, _rig.Log.Count("IngressTrouble"));

        await _rig.ServeAsync(route);
        Assert.EndsWith("replica 11", await _rig.GetAsync("a.example.com"), StringComparison.Ordinal);
    }

    // The grace is a second, and lasts that long.
    [NeedsTheory(NginxRig.Program)]
    [InlineData(false)]
    [InlineData(true)] // its log is how a worker is known, also after somebody has removed that
    public async Task Apply_MasterKilled_ItsWorkersEndWithTheGraceOfTheirConnections(bool isLogLost)
    {
        _rig.Options.CurrentValue.StreamGrace = TimeSpan.FromSeconds(1);
        var route = _rig.Route("a.example.com", null, _rig.AddReplica(11));
        await _rig.ServeAsync(route);
        var socket = await _rig.OpenWebSocketAsync("a.example.com");
        Assert.Equal("before", await NginxRig.EchoAsync(socket, "before"));
        var workers = await _rig.KillMasterAsync();
        Assert.NotEmpty(workers);
        Assert.EndsWith("replica 11", await _rig.GetAsync("a.example.com"), StringComparison.Ordinal); // they serve on
        if (isLogLost) File.Delete(_rig.Paths.ErrorLog);

        await Eventually.BecomesTrueAsync("the routes to be served", async () => (await _rig.ApplyAsync(route)).IsServing);

        await Eventually.BecomesTrueAsync("the old workers to end", () => !NginxLeftovers.Find(_rig.Folder.Path).Intersect(workers).Any());
        Assert.Equal(0, await socket.ReadAsync(new byte[1]));
        Assert.EndsWith("replica 11", await _rig.GetAsync("a.example.com"), StringComparison.Ordinal);
    }

    [NeedsFact(NginxRig.Program)]
    public async Task None_MasterWasKilled_ItsWorkersGiveThePortsUp()
    {
        await _rig.ServeAsync(_rig.Route("a.example.com", null, _rig.AddReplica(11)));
        var workers = await _rig.KillMasterAsync();

        await new NoIngress(new(_rig.Folder.Path), TimeProvider.System, NullLogger<NoIngress>.Instance).ApplyAsync(new([], new Dictionary<string, ServingCertificate>()), default);

        await Eventually.BecomesTrueAsync("the workers to end", () => !NginxLeftovers.Find(_rig.Folder.Path).Intersect(workers).Any());
    }

    private LeaseView Web(IPAddress replica, string host, ulong dseq = 7) =>
        IngressHost.Lease(Marketplace.LeaseId.Parse($"akash1tenant/{dseq}/1/1/akash1provider"), _rig.ReplicaPort, LeaseStage.Active, replica, host);

    private static Task KeepAsync(IngressHost host) => Eventually.BecomesTrueAsync("the routes to be in force", async () =>
    {
        await host.Keeper.KeepOnceAsync(default);
        return host.Keeper.Snapshot is { Problem: null, Hosts.Count: > 0 };
    });
}
