using ProviderAgent.Docker;
using ProviderAgent.Manifests;
using ProviderAgent.Marketplace;
using ProviderAgent.Workloads.Tests.Support;

namespace ProviderAgent.Workloads.Tests.Engine;

/// <summary>What a tenant keeps, and what it is told, when its services change or fail.</summary>
public sealed class UpdatesOnEngineTests : IAsyncLifetime
{
    private readonly WorkloadHost _host = new() { Guard = new OpenGuard() };

    public Task InitializeAsync()
    {
        _host.Configure = options => (options.StableAfter, options.Network.Subnets) = (TimeSpan.FromSeconds(2), "10.217.0.0/16");
        return _host.StartAsync();
    }

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [NeedsFact(MachineNeeds.DockerSocket)]
    public async Task PersistentVolume_OfEachReplica_SurvivesUpdateAndDaemon_AndEndsWithTheLease()
    {
        var lease = _host.Market.Win(1);
        await _host.SendManifestAsync(lease, Database("1"));
        await _host.WaitUntilActiveAsync(lease);
        await _host.ExecAsync(lease, "db", "sh", "-c", "echo kept > /data/file");

        await _host.SendManifestAsync(lease, Database("2"));
        var view = await _host.WaitForAsync(lease, "the update is through", view => view.Lease is { Stage: LeaseStage.Active, Generation: 2 } && view.Ready("db") == 2);
        Assert.Equal("kept\n", await _host.ExecAsync(lease, "db", "cat", "/data/file"));
        Assert.Equal(2, view.Actual.Volumes.Count);
        Assert.NotEqual(view.Desired!.Containers[0].Volumes[0].Source, view.Desired.Containers[1].Volumes[0].Source);

        await _host.StopAsync();
        await _host.StartAsync();
        await _host.WaitUntilActiveAsync(lease);
        Assert.Equal("kept\n", await _host.ExecAsync(lease, "db", "cat", "/data/file"));

        _host.Market.Close(lease);
        await Eventually.BecomesTrueAsync("nothing is left", async () => await _host.CountOnEngineAsync() == 0);
    }

    [NeedsFact(MachineNeeds.DockerSocket)]
    public async Task VolumeOfThatNameIsNotTheLeases_NothingRunsOnIt()
    {
        var lease = _host.Market.Win(1);
        var name = WorkloadNames.Volume(lease, "db", "data", 0);
        await _host.Engine.Volumes.CreateAsync(new() { Name = name }, CancellationToken.None);
        try
        {
            await _host.SendManifestAsync(lease, Database("1") with { Count = 1 });

            var view = await _host.WaitForAsync(lease, "the problem is shown", view => view.Problems.ContainsKey("db"));
            Assert.Contains($"a volume {name} that is not this lease's", view.Problems["db"], StringComparison.Ordinal);
            Assert.Empty(view.Actual.Containers);
        }
        finally
        {
            // The daemon first: without the volume in its way it would begin to run the lease.
            await _host.StopAsync();
            using var engine = new DockerClientConfiguration(DockerClientConfiguration.LocalEndpoint).CreateClient();
            await engine.Volumes.RemoveAsync(name, force: true, CancellationToken.None);
        }
    }

    // Takes a quarter of a minute: it is given up after three real ends with the real pauses between them.
    [NeedsFact(MachineNeeds.DockerSocket)]
    public async Task UpdateDoesNotStayUp_TheVersionBeforeRunsAgain_UntilTheTenantSendsAnother()
    {
        var lease = _host.Market.Win(1);
        await _host.SendManifestAsync(lease, Service("first"));
        await _host.WaitForAsync(lease, "the first is good", view => view.Lease.GoodManifest is not null);

        await _host.SendManifestAsync(lease, Service("broken") with { Args = ["sh", "-c", "exit 7"] });
        var view = await _host.WaitForAsync(lease, "the first runs again", view => view.Lease.FailedManifest is not null && view.Lease.Stage == LeaseStage.Active && view.Ready("web") == 1);

        Assert.Equal("first\n", await _host.ExecAsync(lease, "web", "sh", "-c", "echo $WORD"));
        Assert.Equal(view.Lease.Manifest, view.Lease.FailedManifest);
        Assert.Contains("the one before it runs again", view.Problems[""], StringComparison.Ordinal);
        Assert.Contains("did not stay up", Assert.Single(view.Notes).Text, StringComparison.Ordinal);
        var running = (await _host.InspectAsync(lease, "web")).ID;

        await _host.StopAsync();
        await _host.StartAsync();
        await _host.WaitForAsync(lease, "it is still so after a restart of the daemon", view => view.Ready("web") == 1);
        for (var pass = 0; pass < 3; pass++) await _host.Get<Reconciler>().ReconcileOnceAsync(CancellationToken.None);
        Assert.Equal(running, (await _host.InspectAsync(lease, "web")).ID);

        await _host.SendManifestAsync(lease, Service("third"));
        view = await _host.WaitForAsync(lease, "the third runs", view => view.Lease is { Stage: LeaseStage.Active, FailedManifest: null } && view.Ready("web") == 1);
        Assert.Equal("third\n", await _host.ExecAsync(lease, "web", "sh", "-c", "echo $WORD"));
        Assert.False(view.Problems.ContainsKey(""));
    }

    [NeedsFact(MachineNeeds.DockerSocket)]
    public async Task UpdateToAnImageThatIsNotThere_TheOldOneRunsOn()
    {
        var lease = _host.Market.Win(1);
        await _host.SendManifestAsync(lease, Service("first"));
        await _host.WaitUntilActiveAsync(lease);
        var before = await _host.InspectAsync(lease, "web");

        await _host.SendManifestAsync(lease, Service("second") with { Image = "127.0.0.1:5000/test/no-such-image:1" });
        var view = await _host.WaitForAsync(lease, "the problem is shown", view => view.Problems.ContainsKey("web"));

        Assert.Contains("no such image", view.Problems["web"], StringComparison.Ordinal);
        Assert.Equal((before.ID, before.State.StartedAt), ((await _host.InspectAsync(lease, "web")).ID, (await _host.InspectAsync(lease, "web")).State.StartedAt));
    }

    [Trait(FaultRow.Trait, FaultRow.UsedUp)]
    [NeedsFact(MachineNeeds.DockerSocket)]
    public async Task MemoryRunsOut_TheReasonIsKeptWhileItRunsAgain()
    {
        var lease = _host.Market.Win(1);
        await _host.SendManifestAsync(lease, Service("eater") with { Args = ["sh", "-c", "[ -e /once ] && exec sleep 100000; touch /once; exec tail /dev/zero"] });

        var view = await _host.WaitForAsync(lease, "it ran out of memory and runs again", view => view.LastExits.ContainsKey("web-0") && view.Ready("web") == 1);

        Assert.Equal(("oom_killed", 137), (view.LastExits["web-0"].Reason, view.LastExits["web-0"].ExitCode));
        Assert.Equal(1, view.Restarts["web-0"]);
    }

    private static ManifestService Service(string word) => Build.Service() with { Image = WorkloadHost.Image, Env = [$"WORD={word}"], Args = ["sleep", "100000"] };

    private static ManifestService Database(string version) => Build.Service("db") with
    {
        Image = WorkloadHost.Image,
        Count = 2,
        Env = [$"VERSION={version}"],
        Args = ["sleep", "100000"],
        Resources = Build.Service().Resources with { Storage = [new StorageVolume("data", new(64 * ByteSize.MiB), [new("class", "beta2"), new("persistent", "true")])] },
        Params = new ServiceParams { Storage = [new StorageMount("data", "/data", false)] },
    };
}
