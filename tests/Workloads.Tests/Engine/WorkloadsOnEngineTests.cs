using System.Net;
using ProviderAgent.Manifests;
using ProviderAgent.Marketplace;
using ProviderAgent.Workloads.Tests.Support;

namespace ProviderAgent.Workloads.Tests.Engine;

/// <summary>The room on a real engine: what a tenant leased is what runs, and nothing stops it but the market.</summary>
public sealed class WorkloadsOnEngineTests : IAsyncLifetime
{
    private readonly WorkloadHost _host = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Trait(Pain.Trait, Pain.Zombies)]
    [NeedsFact(MachineNeeds.DockerSocket, "nft")]
    public async Task AcceptedManifest_RunsWithExactlyTheLeasedLimitsAndNoWayOut()
    {
        await _host.StartAsync();
        var lease = _host.Market.Win(1);
        await _host.SendManifestAsync(lease, Web());
        await _host.WaitUntilActiveAsync(lease);

        var container = await _host.InspectAsync(lease, "web");
        Assert.Equal(64 * ByteSize.MiB, container.HostConfig.Memory);
        Assert.Equal(container.HostConfig.Memory, container.HostConfig.MemorySwap);
        Assert.Equal(500_000_000, container.HostConfig.NanoCPUs);
        Assert.Equal(1_024, container.HostConfig.PidsLimit);
        Assert.Equal(Docker.Models.RestartPolicyKind.No, container.HostConfig.RestartPolicy?.Name);
        Assert.False(container.HostConfig.Privileged);
        Assert.True(container.HostConfig.Init);
        Assert.Equal(lease.ToString(), container.Config.Labels?[WorkloadNames.LeaseLabel]);
        var status = await _host.ExecAsync(lease, "web", "cat", "/proc/self/status");
        Assert.Contains("NoNewPrivs:\t1", status, StringComparison.Ordinal);
        Assert.Contains("Seccomp:\t2", status, StringComparison.Ordinal);
        Assert.Contains("CapBnd:\t00000000000004eb", status, StringComparison.Ordinal); // the seven of the short list
        Assert.Contains("permission denied", await _host.ExecAsync(lease, "web", "mount", "-t", "tmpfs", "none", "/tmp"), StringComparison.OrdinalIgnoreCase);
        Assert.Contains("Operation not permitted", await _host.ExecAsync(lease, "web", "unshare", "-U", "true"), StringComparison.OrdinalIgnoreCase);
    }

    [NeedsFact(MachineNeeds.DockerSocket, "nft")]
    public async Task TwoServices_SeeEachOtherByName_AndNeitherSeesTheHostNorAnotherTenant()
    {
        await _host.StartAsync();
        var lease = _host.Market.Win(1);
        var neighbour = _host.Market.Win(2);
        await _host.SendManifestAsync(lease, Web(), Sleeper("shell"));
        await _host.SendManifestAsync(neighbour, Web());
        await _host.WaitUntilActiveAsync(lease);
        await _host.WaitUntilActiveAsync(neighbour);
        var port = _host.Leases[neighbour].Desired!.Containers[0].Ports[0].HostPort;
        var neighbourAddress = (await _host.InspectAsync(neighbour, "web")).NetworkSettings.Networks.Values.Single().IPAddress!;
        var gateway = (await _host.InspectAsync(lease, "shell")).NetworkSettings.Networks.Values.Single().Gateway!;

        await Eventually.BecomesTrueAsync("the sibling answers by its name", async () => (await FetchFromInside("web", 80)).Contains("hello from web", StringComparison.Ordinal));
        Assert.DoesNotContain("hello", await FetchFromInside(neighbourAddress, 80), StringComparison.Ordinal);
        Assert.DoesNotContain("hello", await FetchFromInside(gateway, port), StringComparison.Ordinal);
        Assert.DoesNotContain("OK", await FetchFromInside(gateway, 5000), StringComparison.Ordinal);
        Assert.Equal("hello from web", await FetchAsync(port));

        async Task<string> FetchFromInside(string host, int tcpPort) =>
            await _host.ExecAsync(lease, "shell", "sh", "-c", $"printf 'GET / HTTP/1.0\\r\\n\\r\\n' | timeout 3 nc {host} {tcpPort}");
    }

    [Trait(Pain.Trait, Pain.RestartLosesLeases)]
    [NeedsFact(MachineNeeds.DockerSocket, "nft")]
    public async Task DaemonRestarts_ContainersKeepRunningUntouched()
    {
        await _host.StartAsync();
        var lease = _host.Market.Win(1);
        await _host.SendManifestAsync(lease, Web());
        await _host.WaitUntilActiveAsync(lease);
        var before = await _host.InspectAsync(lease, "web");

        await _host.StopAsync();
        await _host.StartAsync();
        await _host.WaitUntilActiveAsync(lease);

        var after = await _host.InspectAsync(lease, "web");
        Assert.Equal((before.ID, before.State.StartedAt, before.State.Pid), (after.ID, after.State.StartedAt, after.State.Pid));
    }

    [Trait(Pain.Trait, Pain.DanglingWorkloads)]
    [NeedsFact(MachineNeeds.DockerSocket, "nft")]
    public async Task LedgerLost_RunningLeaseIsLeftAlone_AndLeftoversOfAnEndedOneAreRemoved()
    {
        await _host.StartAsync();
        var running = _host.Market.Win(1);
        var ended = _host.Market.Win(2);
        await _host.SendManifestAsync(running, Web());
        await _host.SendManifestAsync(ended, Web());
        await _host.WaitUntilActiveAsync(running);
        await _host.WaitUntilActiveAsync(ended);
        var before = await _host.InspectAsync(running, "web");
        await _host.StopAsync();

        _host.LoseTheLedger();
        _host.Market.Close(ended);
        await _host.StartAsync();
        await Eventually.BecomesTrueAsync("the ended lease is taken down", async () => await _host.CountOnEngineAsync() == 2);

        var after = await _host.InspectAsync(running, "web");
        Assert.Equal((before.ID, before.State.StartedAt), (after.ID, after.State.StartedAt));
        Assert.Equal(LeaseStage.AwaitingManifest, _host.Leases[running].Lease.Stage);
    }

    [Trait(FaultRow.Trait, FaultRow.ByHand)]
    [NeedsFact(MachineNeeds.DockerSocket, "nft")]
    public async Task ContainerEndsOrIsTamperedWith_IsPutRight()
    {
        await _host.StartAsync();
        var lease = _host.Market.Win(1);
        await _host.SendManifestAsync(lease, Web());
        await _host.WaitUntilActiveAsync(lease);
        var first = await _host.InspectAsync(lease, "web");

        await _host.Engine.Containers.KillContainerAsync(first.ID, new(), CancellationToken.None);
        await Eventually.BecomesTrueAsync("it is started again", async () => (await _host.InspectAsync(lease, "web")).State is { Running: true } state && state.StartedAt != first.State.StartedAt);
        Assert.Equal(first.ID, (await _host.InspectAsync(lease, "web")).ID);

        await _host.Engine.Containers.RenameContainerAsync(first.ID, new() { NewName = "renamed-" + first.ID[..12] }, CancellationToken.None);
        await Eventually.BecomesTrueAsync("it has its name again", async () => (await _host.InspectAsync(lease, "web")).ID == first.ID);

        await _host.Engine.Containers.PauseContainerAsync(first.ID, CancellationToken.None);
        await Eventually.BecomesTrueAsync("it is unpaused", async () => (await _host.InspectAsync(lease, "web")).State is { Running: true, Paused: false });

        await _host.Engine.Containers.RemoveContainerAsync(first.ID, new() { Force = true }, CancellationToken.None);
        await _host.WaitForAsync(lease, "a new one runs", view => view.Actual.Containers is [{ Condition: ContainerCondition.Running } container] && container.Id != first.ID);
    }

    [Trait(FaultRow.Trait, FaultRow.ByHand)]
    [NeedsFact(MachineNeeds.DockerSocket, "nft")]
    public async Task SomebodysContainerWithOurLabels_IsReportedAndLeftAlone_EvenWhenTheLeaseEnds()
    {
        await _host.StartAsync();
        var lease = _host.Market.Win(1);
        await _host.SendManifestAsync(lease, Web());
        await _host.WaitUntilActiveAsync(lease);
        var ours = await _host.InspectAsync(lease, "web");
        var foreign = (await _host.Engine.Containers.CreateContainerAsync(
            new() { Image = ours.Image, Cmd = ["sleep", "1000"], Labels = new Dictionary<string, string>(WorkloadNames.Labels(lease)) { [WorkloadNames.ServiceLabel] = "web", [WorkloadNames.ReplicaLabel] = "0" } }, CancellationToken.None)).ID;
        await _host.Engine.Containers.StartContainerAsync(foreign, new(), CancellationToken.None);

        await Eventually.BecomesTrueAsync("it is reported", () => _host.Get<IWorkloads>().Snapshot.Foreign.Contains(foreign));
        _host.Market.Close(lease);
        await Eventually.BecomesTrueAsync("ours is taken down", async () => (await _host.Engine.Containers.ListContainersAsync(new() { All = true }, CancellationToken.None)).All(container => container.ID != ours.ID));

        Assert.True((await _host.Engine.Containers.InspectContainerAsync(foreign, CancellationToken.None)).State.Running);
    }

    [Trait(Pain.Trait, Pain.DanglingWorkloads)]
    [NeedsFact(MachineNeeds.DockerSocket, "nft")]
    public async Task LeaseClosedOnTheMarket_LeavesNothingBehind()
    {
        await _host.StartAsync();
        var lease = _host.Market.Win(1);
        await _host.SendManifestAsync(lease, Web() with { Count = 2 }, Sleeper("shell"));
        await _host.WaitUntilActiveAsync(lease);
        Assert.Equal(1, _host.Stores.PortsGiven);

        _host.Market.Close(lease);
        await Eventually.BecomesTrueAsync("the lease is closed here too", () => _host.Stores.Leases.Single().Stage == LeaseStage.Closed);

        Assert.Equal(0, await _host.CountOnEngineAsync());
        Assert.Equal(0, _host.Stores.PortsGiven);
        Assert.Equal(0, _host.Stores.ManifestsKept);
        Assert.Equal(LeaseCloseReason.Owner, _host.Stores.Leases.Single().CloseReason);
        Assert.Equal(0, _host.Get<Inventory.IReservationBook>().Snapshot[Inventory.ResourceKind.Cpu].Used);
    }

    [NeedsTheory(MachineNeeds.DockerSocket, "nft")]
    [InlineData(true)]
    [InlineData(false)]
    public async Task MarketCannotTell_NothingIsTouched(bool isAway)
    {
        await _host.StartAsync();
        var lease = _host.Market.Win(1);
        await _host.SendManifestAsync(lease, Web());
        await _host.WaitUntilActiveAsync(lease);
        var before = await _host.InspectAsync(lease, "web");

        (_host.Market.IsAway, _host.Market.KnowsNothing) = (isAway, !isAway);
        var keeper = _host.Get<LeaseKeeper>();
        if (isAway) await Assert.ThrowsAsync<MarketUnavailableException>(() => keeper.SweepOnceAsync(CancellationToken.None));
        else await keeper.SweepOnceAsync(CancellationToken.None);
        await _host.Get<Reconciler>().ReconcileOnceAsync(CancellationToken.None);

        var after = await _host.InspectAsync(lease, "web");
        Assert.Equal((before.ID, before.State.StartedAt), (after.ID, after.State.StartedAt));
        Assert.Equal(LeaseStage.Active, _host.Leases[lease].Lease.Stage);
    }

    [Trait(Pain.Trait, Pain.UpdateOnAFullHost)]
    [NeedsFact(MachineNeeds.DockerSocket, "nft")]
    public async Task Update_ReplacesOnlyTheServiceThatChanged()
    {
        await _host.StartAsync();
        var lease = _host.Market.Win(1);
        await _host.SendManifestAsync(lease, Web(), Sleeper("shell"));
        await _host.WaitUntilActiveAsync(lease);
        var (web, shell) = (await _host.InspectAsync(lease, "web"), await _host.InspectAsync(lease, "shell"));
        var port = _host.Leases[lease].Desired!.Containers.Single(spec => spec.Service == "web").Ports[0].HostPort;

        await _host.SendManifestAsync(lease, Web("good day"), Sleeper("shell"));
        await _host.WaitForAsync(lease, "the update is through", view => view.Lease is { Stage: LeaseStage.Active, Generation: 2 });

        Assert.NotEqual(web.ID, (await _host.InspectAsync(lease, "web")).ID);
        Assert.Equal((shell.ID, shell.State.StartedAt), ((await _host.InspectAsync(lease, "shell")).ID, (await _host.InspectAsync(lease, "shell")).State.StartedAt));
        await Eventually.BecomesTrueAsync("the new page is served on the same port", async () => await FetchAsync(port) == "good day");
    }

    [NeedsFact(MachineNeeds.DockerSocket, "nft")]
    public async Task ImageDoesNotExist_TheTenantIsTold_AndACorrectedManifestRuns()
    {
        await _host.StartAsync();
        var lease = _host.Market.Win(1);
        await _host.SendManifestAsync(lease, Web() with { Image = "127.0.0.1:5000/test/no-such-image:1" });
        var view = await _host.WaitForAsync(lease, "the problem is shown", view => view.Problems.ContainsKey("web"));
        Assert.Equal("image 127.0.0.1:5000/test/no-such-image:1: the registry has no such image or tag", view.Problems["web"]);
        Assert.Equal(LeaseStage.Deploying, view.Lease.Stage);

        await _host.SendManifestAsync(lease, Web());
        await _host.WaitUntilWellAsync(lease);
    }

    [NeedsFact(MachineNeeds.DockerSocket, "nft")]
    public async Task CommandDoesNotExist_IsShownAndTriedAgainWithPauses()
    {
        await _host.StartAsync();
        var lease = _host.Market.Win(1);
        await _host.SendManifestAsync(lease, Web() with { Command = ["/no/such/program"], Args = null });

        var view = await _host.WaitForAsync(lease, "the problem is shown", view => view.Problems.ContainsKey("web") && view.Restarts["web-0"] == 2);
        Assert.StartsWith("web-0 ended with exit code 127", view.Problems["web"], StringComparison.Ordinal);

        // The first end costs no time; after the second there is a pause.
        for (var pass = 0; pass < 3; pass++) await _host.Get<Reconciler>().ReconcileOnceAsync(CancellationToken.None);
        Assert.Equal(2, _host.Leases[lease].Restarts["web-0"]);
    }

    [NeedsFact(MachineNeeds.DockerSocket, "nft")]
    public async Task Logs_OfAllReplicas_CarryTheirInstanceAndEndWhenNotFollowed()
    {
        await _host.StartAsync();
        var lease = _host.Market.Win(1);
        await _host.SendManifestAsync(lease, Sleeper("talker") with { Count = 2, Args = ["sh", "-c", "echo one; echo two >&2; exec sleep 1000"] });
        await _host.WaitUntilActiveAsync(lease);

        async Task<List<WorkloadLogLine>> Read(long? tail)
        {
            var lines = new List<WorkloadLogLine>();
            await foreach (var line in _host.Get<IWorkloadLogs>().ReadAsync(lease, ["talker"], follow: false, tail, CancellationToken.None)) lines.Add(line);
            return lines;
        }

        await Eventually.BecomesTrueAsync("four lines are there", async () => (await Read(null)).Count == 4);
        Assert.Equal(["one", "two"], (await Read(null)).Where(line => line.Instance == "talker-0").Select(line => line.Text).Order());
        Assert.Equal(2, (await Read(1)).Count);
    }

    [Trait(Pain.Trait, Pain.HelperDoesNotRecover)]
    [Trait(FaultRow.Trait, FaultRow.NetworkTaken)]
    [NeedsFact(MachineNeeds.DockerSocket)]
    public async Task FirewallCannotBePutInPlace_NothingIsStartedUntilItIs()
    {
        var guard = new SwitchedGuard();
        _host.Guard = guard;
        await _host.StartAsync();
        var lease = _host.Market.Win(1);
        await _host.SendManifestAsync(lease, Web());
        for (var pass = 0; pass < 3; pass++) await _host.Get<Reconciler>().ReconcileOnceAsync(CancellationToken.None);
        Assert.Equal(0, await _host.CountOnEngineAsync());

        guard.Works = true;
        await _host.WaitUntilActiveAsync(lease);
    }

    private static ManifestService Web(string page = "hello from web") => Build.Service() with
    {
        Image = WorkloadHost.Image,
        Env = [$"PAGE={page}"],
        Args = ["sh", "-c", "mkdir -p /www && printf '%s' \"$PAGE\" > /www/index.html && exec httpd -f -p 80 -h /www"],
        Expose = [new ServiceExpose { Port = 80, ExternalPort = 80, Proto = ServiceExpose.Tcp, Global = true }],
    };

    private static ManifestService Sleeper(string name) => Build.Service(name) with { Image = WorkloadHost.Image, Args = ["sleep", "100000"] };

    private static async Task<string> FetchAsync(int port)
    {
        using var client = new HttpClient { Timeout = TimeSpan.FromSeconds(10) };
        return await Eventually.GetAsync<string>($"an answer on port {port}", async () => await client.GetStringAsync(new Uri($"http://{IPAddress.Loopback}:{port}/")));
    }

    private sealed class SwitchedGuard : INetworkGuard
    {
        public bool Works { get; set; }

        public Task<bool> EnsureAsync(NetworkGuardRules rules, CancellationToken ct) => Works ? Task.FromResult(true) : throw new NetworkGuardException("scripted");

        public Task<IReadOnlyList<GuardCount>> ReadAsync(CancellationToken ct) => Task.FromResult<IReadOnlyList<GuardCount>>([]);
    }
}
