using ProviderAgent.Inventory;
using ProviderAgent.Manifests;
using ProviderAgent.Marketplace;
using ProviderAgent.Workloads.Tests.Support;

namespace ProviderAgent.Workloads.Tests.Gpus;

/// <summary>GPUs through a real engine, with a stand-in for the vendor's hook only.</summary>
public sealed class GpusOnEngineTests : IAsyncLifetime
{
    private static readonly string[] Machine = [GpuMachine.Uuid(1), GpuMachine.Uuid(2), GpuMachine.Uuid(3)];

    private readonly WorkloadHost _host = new() { Guard = new OpenGuard() };
    private SpareEngine? _engine;
    private EngineLine? _line;
    private RunningTimeProvider? _time;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        _line?.Proxy.Release();
        await _host.DisposeAsync();
        if (_line is not null) await _line.DisposeAsync();
        if (_engine is not null) await _engine.DisposeAsync();
        if (_time is not null) await _time.DisposeAsync();
    }

    [NeedsRootFact("dockerd")]
    public async Task TwoTenants_EachSeesOnlyItsOwn_WhateverTheyAskFor()
    {
        await StartAsync();
        var (first, second, none) = (Win(1, GpuMachine.Uuid(2)), Win(2, GpuMachine.Uuid(1), GpuMachine.Uuid(3)), _host.Market.Win(3));
        await _host.SendManifestAsync(first, Sleeper(1) with { Env = ["NVIDIA_VISIBLE_DEVICES=all", "NVIDIA_DRIVER_CAPABILITIES=all"] });
        await _host.SendManifestAsync(second, Sleeper(2));
        await _host.SendManifestAsync(none, Sleeper(0) with { Env = ["NVIDIA_VISIBLE_DEVICES=all"] });
        await Task.WhenAll(_host.WaitUntilActiveAsync(first), _host.WaitUntilActiveAsync(second), _host.WaitUntilActiveAsync(none));

        Assert.Equal([GpuMachine.Uuid(2)], await SeenFromInside(first));
        Assert.Equal([GpuMachine.Uuid(1), GpuMachine.Uuid(3)], await SeenFromInside(second));
        Assert.Contains("No such file", await _host.ExecAsync(none, "web", "cat", "/run/fake-gpus"), StringComparison.OrdinalIgnoreCase);
        Assert.Contains("NVIDIA_VISIBLE_DEVICES=" + GpuMachine.Uuid(2), await EnvironmentOf(first));
        Assert.DoesNotContain("NVIDIA_DRIVER_CAPABILITIES=all", await EnvironmentOf(first));
        Assert.Contains("NVIDIA_VISIBLE_DEVICES=void", await EnvironmentOf(none));
        Assert.Equal(GpuMachine.Uuid(2), (await _host.InspectAsync(first, "web")).Config.Labels?[WorkloadNames.GpuLabel]);
    }

    [NeedsRootFact("dockerd")]
    public async Task Check_TellsAnEngineThatGivesGpusFromOneThatDoesNot()
    {
        await StartAsync();
        var passthrough = _host.Get<GpuPassthrough>();
        Assert.Contains("has not been asked", passthrough.Problem, StringComparison.Ordinal);
        Assert.Equal(passthrough.Problem, _host.Get<GpuPassthroughProblem>()());

        await passthrough.CheckAsync(GpuMachine.Uuid(1), CancellationToken.None);
        Assert.Null(passthrough.Problem);
        Assert.Equal(GpuRoute.Driver, passthrough.Route);

        await passthrough.CheckAsync(GpuMachine.Uuid(9), CancellationToken.None);
        Assert.Contains("unknown device", passthrough.Problem, StringComparison.Ordinal);

        await passthrough.CheckAsync(GpuMachine.Uuid(3), CancellationToken.None);
        Assert.Null(passthrough.Problem);
        Assert.Empty(await _host.Engine.Containers.ListContainersAsync(new() { All = true }, CancellationToken.None));
    }

    [NeedsFact(MachineNeeds.DockerSocket)]
    public async Task Check_EngineWithoutTheHook_NamesTheMissingPackage()
    {
        // The machine's own engine, wherever it has no such hook.
        await _host.StartAsync();
        var passthrough = _host.Get<GpuPassthrough>();

        await passthrough.CheckAsync(GpuMachine.Uuid(1), CancellationToken.None);

        Assert.Contains("nvidia-container-toolkit", passthrough.Problem, StringComparison.Ordinal);
    }

    [NeedsRootFact("dockerd")]
    public async Task EngineGivesAnotherDevice_TheContainerIsStopped_AndOnceTwoTenantsSeeItNoMoreGpusAreSold()
    {
        await StartAsync();
        await _host.Get<GpuPassthrough>().CheckAsync(GpuMachine.Uuid(3), CancellationToken.None);
        _engine!.Swap(GpuMachine.Uuid(1), GpuMachine.Uuid(2));
        await IsStoppedAsync(Win(1, GpuMachine.Uuid(1)));
        await IsStoppedAsync(Win(2, GpuMachine.Uuid(1)));
        Assert.Null(_host.Get<GpuPassthroughProblem>()()); // it could be the tenant's own doing

        var lease = _host.Market.Win(3, "akash1other");
        _host.Picks[lease.Order] = [new(1, 0, GpuMachine.Uuid(1))];
        await IsStoppedAsync(lease);
        Assert.Contains("other GPUs than it was told to", _host.Get<GpuPassthroughProblem>()(), StringComparison.Ordinal);

        async Task IsStoppedAsync(LeaseId lease)
        {
            await _host.SendManifestAsync(lease, Sleeper(1));
            var view = await _host.WaitForAsync(lease, "the wrong device is noticed", view => view.Problems.ContainsKey("web") && view.Actual.Containers is [{ Condition: ContainerCondition.Exited }]);
            Assert.Contains($"it sees {GpuMachine.Uuid(2)} instead of {GpuMachine.Uuid(1)}", view.Problems["web"], StringComparison.Ordinal);
            Assert.NotEqual(LeaseStage.Active, view.Lease.Stage);
            _host.Market.Close(lease);
            await Eventually.BecomesTrueAsync("the lease is over", () => !_host.Leases.ContainsKey(lease));
        }
    }

    [Trait(FaultRow.Trait, FaultRow.DevicesCutOff)]
    [NeedsRootFact("dockerd")]
    public async Task ContainerIsCutOffFromItsGpu_IsRestartedOnceAndTheTenantIsTold()
    {
        await StartAsync();
        var lease = Win(1, GpuMachine.Uuid(1));
        await _host.SendManifestAsync(lease, Sleeper(1));
        await _host.WaitUntilActiveAsync(lease);
        var before = await _host.InspectAsync(lease, "web");
        var watch = _host.Get<IEnumerable<Microsoft.Extensions.Hosting.IHostedService>>().OfType<GpuWatch>().Single();

        await watch.LookAtAllAsync(CancellationToken.None);
        await _host.ExecAsync(lease, "web", "touch", "/run/fake-gpus.cut");
        await watch.LookAtAllAsync(CancellationToken.None);
        Assert.Equal(before.State.StartedAt, (await _host.InspectAsync(lease, "web")).State.StartedAt); // one look can be a hiccup
        await Eventually.BecomesTrueAsync("it is restarted", async () =>
        {
            await watch.LookAtAllAsync(CancellationToken.None);
            return (await _host.InspectAsync(lease, "web")).State is { Running: true } state && state.StartedAt != before.State.StartedAt;
        });

        var after = await _host.InspectAsync(lease, "web");
        Assert.Equal(before.ID, after.ID);
        Assert.Equal([GpuMachine.Uuid(1)], await SeenFromInside(lease));
        var view = await _host.WaitForAsync(lease, "the note is shown", view => view.Notes.Count > 0 && view.Ready("web") == 1);
        Assert.Contains("lost its GPU", Assert.Single(view.Notes).Text, StringComparison.Ordinal);
        Assert.Equal(0, view.Restarts["web-0"]); // not the tenant's crash
        var lines = new List<WorkloadLogLine>();
        await foreach (var line in _host.Get<IWorkloadLogs>().ReadAsync(lease, ["web"], follow: false, tail: null, CancellationToken.None)) lines.Add(line);
        Assert.StartsWith("[provider] ", lines[0].Text, StringComparison.Ordinal);
    }

    [Trait(FaultRow.Trait, FaultRow.DevicesCutOff)]
    [NeedsRootFact("dockerd")]
    public async Task ContainerIsCutOffFromItsGpu_WithTheDefaults_IsRepairedWithinHalfAMinute()
    {
        var watch = await StartWithTimeAsync();
        var lease = Win(1, GpuMachine.Uuid(1));
        await _host.SendManifestAsync(lease, Sleeper(1));
        await _host.WaitUntilActiveAsync(lease);
        await watch.TurnAsync(CancellationToken.None);

        await _host.ExecAsync(lease, "web", "touch", "/run/fake-gpus.cut"); // just behind a look: the worst moment
        _time!.Jump(TimeSpan.FromSeconds(20));
        await watch.TurnAsync(CancellationToken.None);
        Assert.Equal(0, _host.Logged("GpuRepaired"));
        _time.Jump(TimeSpan.FromSeconds(5));
        await watch.TurnAsync(CancellationToken.None);

        Assert.Equal(1, _host.Logged("GpuRepaired"));
        var view = await _host.WaitForAsync(lease, "the note is shown", view => view.Notes.Count > 0 && view.Ready("web") == 1);
        Assert.Contains("lost its GPU", view.Notes[0].Text, StringComparison.Ordinal);
    }

    [Trait(FaultRow.Trait, FaultRow.CallHangs)]
    [NeedsRootFact("dockerd")]
    public async Task ExecHangs_InOneContainer_OthersAreLookedIntoAndRepairedAllTheSame()
    {
        _engine = await SpareEngine.StartAsync(Machine);
        _line = new(_engine.Endpoint.LocalPath);
        var watch = await StartWithTimeAsync();
        var (hung, other) = (Win(1, GpuMachine.Uuid(1)), Win(2, GpuMachine.Uuid(2)));
        await _host.SendManifestAsync(hung, Sleeper(1));
        await _host.SendManifestAsync(other, Sleeper(1));
        await Task.WhenAll(_host.WaitUntilActiveAsync(hung), _host.WaitUntilActiveAsync(other));
        var (first, second) = (await _host.InspectAsync(hung, "web"), await _host.InspectAsync(other, "web"));

        await _host.ExecAsync(other, "web", "touch", "/run/fake-gpus.cut");
        _ = _line.Proxy.HoldEveryRequest($"/containers/{first.ID}/exec");
        for (var look = 1; look <= GpuWatch.LooksBeforeRepair; look++)
        {
            var looking = watch.LookAtAllAsync(CancellationToken.None);
            await Eventually.BecomesTrueAsync("the look hangs", () => _line.Proxy.Held == look);
            _time!.Jump(TimeSpan.FromSeconds(21));
            await looking;
        }

        await Eventually.BecomesTrueAsync("the other is repaired", async () => (await _host.InspectAsync(other, "web")).State is { Running: true } state && state.StartedAt != second.State.StartedAt);
        _line.Proxy.Release();
        for (var look = 1; look <= GpuWatch.LooksBeforeRepair; look++) await watch.LookAtAllAsync(CancellationToken.None);
        Assert.Equal(first.State.StartedAt, (await _host.InspectAsync(hung, "web")).State.StartedAt);
        Assert.Equal((LeaseStage.Active, 1), (_host.Leases[hung].Lease.Stage, _host.Logged("GpuRepaired")));
    }

    [NeedsRootFact("dockerd")]
    public async Task DevicesOfTheReservationAreMissing_NothingStartsUntilTheyAreKnown()
    {
        await StartAsync();
        var lease = _host.Market.Win(1);
        await _host.SendManifestAsync(lease, Sleeper(1));
        var view = await _host.WaitForAsync(lease, "the problem is shown", view => view.Problems.ContainsKey(""));
        Assert.Contains("0 are set aside", view.Problems[""], StringComparison.Ordinal);
        Assert.Empty(view.Actual.Containers);

        _host.Picks[lease.Order] = [new(1, 0, GpuMachine.Uuid(3))];
        await _host.WaitUntilActiveAsync(lease);
        Assert.Equal([GpuMachine.Uuid(3)], await SeenFromInside(lease));
    }

    /// <summary>With a clock that can be sent ahead, and with nobody else looking.</summary>
    private async Task<GpuWatch> StartWithTimeAsync()
    {
        _host.Time = _time = new();
        _host.ConfigureTimeouts = timeouts => timeouts.Query = timeouts.Change = timeouts.Start = timeouts.StopMargin = TimeSpan.FromMinutes(10);
        await StartAsync();
        var watch = _host.Get<IEnumerable<Microsoft.Extensions.Hosting.IHostedService>>().OfType<GpuWatch>().Single();
        await watch.StopAsync(CancellationToken.None);
        return watch;
    }

    private async Task StartAsync()
    {
        _engine ??= await SpareEngine.StartAsync(Machine);
        _host.EngineEndpoint = _line?.Endpoint ?? _engine.Endpoint;
        _host.Configure = options => options.Network.Subnets = "10.215.0.0/16";
        await _host.StartAsync();
    }

    private LeaseId Win(ulong dseq, params string[] uuids)
    {
        var lease = _host.Market.Win(dseq);
        _host.Picks[lease.Order] = uuids.Select(uuid => new GpuPick(1, 0, uuid)).ToValueList();
        return lease;
    }

    private async Task<string[]> SeenFromInside(LeaseId lease)
    {
        var seen = (await _host.ExecAsync(lease, "web", "cat", "/run/fake-gpus")).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(seen, _engine!.GivenTo((await _host.InspectAsync(lease, "web")).ID));
        return seen;
    }

    private async Task<string[]> EnvironmentOf(LeaseId lease) => (await _host.ExecAsync(lease, "web", "env")).Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private static ManifestService Sleeper(long gpus) => Build.Service() with
    {
        Image = WorkloadHost.Image,
        Args = ["sleep", "100000"],
        Resources = Build.Service().Resources with { Gpu = new GpuRequest(gpus, []) },
    };
}
