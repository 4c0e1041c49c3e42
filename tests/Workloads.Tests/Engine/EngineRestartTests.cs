using System.Diagnostics;
using ProviderAgent.Docker;
using ProviderAgent.Docker.Models;
using ProviderAgent.Manifests;
using ProviderAgent.Marketplace;
using ProviderAgent.Workloads.Tests.Support;

namespace ProviderAgent.Workloads.Tests.Engine;

/// <summary>The engine goes away in every way that engines have, and comes back: leases are held meanwhile, and nothing of them is lost, ended or doubled.</summary>
public sealed class EngineRestartTests : IAsyncLifetime
{
    private readonly WorkloadHost _host = new() { Guard = new OpenGuard() };
    private SpareEngine? _engine;
    private EngineLine? _line;
    private RunningTimeProvider? _time;

    public Task InitializeAsync()
    {
        _host.Configure = options => options.Network.Subnets = "10.224.0.0/16";
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        if (_engine is not null) await _engine.ReviveAsync();
        await _host.DisposeAsync();
        if (_engine is not null) await _engine.DisposeAsync();
        if (_line is not null) await _line.DisposeAsync();
        if (_time is not null) await _time.DisposeAsync();
    }

    [Trait(FaultRow.Trait, FaultRow.EngineRestart)]
    [NeedsRootFact("dockerd")]
    public async Task StoppedAndStarted_WithoutLiveRestore_ContainersThatEndedWithItRunAgain_AndNobodyIsToBlame()
    {
        await StartEngineAsync(liveRestore: false);
        var (lease, before) = await RunningAsync(1);
        await _host.ExecAsync(lease, "web", "sh", "-c", "echo mine > /file");

        await _engine!.DownAsync();
        await AwayAsync();
        Assert.Equal(LeaseStage.Active, _host.Leases[lease].Lease.Stage);
        await _engine.UpAsync();
        await _host.WaitForAsync(lease, "it runs again", view => view.Actual.Containers is [{ Condition: ContainerCondition.Running } again] && again.Pid != before.State.Pid);
        var view = await _host.WaitUntilWellAsync(lease);

        Assert.Equal(before.ID, view.Actual.Containers[0].Id);
        Assert.Equal("mine\n", await _host.ExecAsync(lease, "web", "cat", "/file"));
        Assert.Equal(0, view.Restarts["web-0"]);
        Assert.Contains("container engine was restarted", Assert.Single(view.Notes).Text, StringComparison.Ordinal);
        Assert.Equal(LeaseStage.Active, _host.Stores.Leases.Single().Stage);
    }

    [Trait(FaultRow.Trait, FaultRow.EngineRestart)]
    [NeedsRootFact("dockerd")]
    public async Task StoppedAndStarted_WithLiveRestore_NothingIsTouched_AndADeathMeanwhileIsFound()
    {
        await StartEngineAsync(liveRestore: true);
        var (kept, first) = await RunningAsync(1);
        var (killed, second) = await RunningAsync(2);

        await _engine!.DownAsync();
        await AwayAsync();
        Process.GetProcessById((int)second.State.Pid).Kill(); // no event will ever tell of it
        await _engine.UpAsync();
        await _host.WaitForAsync(killed, "the other runs again", view => view.Actual.Containers is [{ Condition: ContainerCondition.Running } again] && again.Pid != second.State.Pid);

        Assert.Equal(Identity(first), Identity(await _host.InspectAsync(kept, "web")));
        Assert.Equal(second.ID, (await _host.InspectAsync(killed, "web")).ID);
        Assert.All(_host.Stores.Leases, lease => Assert.Equal(LeaseStage.Active, lease.Stage));
    }

    [Trait(FaultRow.Trait, FaultRow.EngineRestart)]
    [NeedsFact(MachineNeeds.DockerSocket)]
    public async Task Replaced_ByAnotherVersionBehindTheSameSocket_ItsWordIsUsedFromThenOn()
    {
        // As an activated socket does it: no call fails while the engine is replaced, only its streams end. The real engine refuses the newer version.
        _line = new();
        _line.Proxy.Translate("1.42", "1.41");
        _host.EngineEndpoint = _line.Endpoint;
        await _host.StartAsync();
        var (lease, before) = await RunningAsync(1);
        _line.Proxy.Translate(null);
        Assert.Equal(1, _line.Proxy.Cut("/events"));

        using (var engine = new DockerClientConfiguration(DockerClientConfiguration.LocalEndpoint).CreateClient()) await engine.Containers.KillContainerAsync(before.ID, new(), CancellationToken.None);
        await _host.WaitForAsync(lease, "it is started again", view => view.Actual.Containers is [{ Condition: ContainerCondition.Running } again] && again.Pid != before.State.Pid);
        Assert.Equal(LeaseStage.Active, _host.Leases[lease].Lease.Stage);
    }

    [Trait(FaultRow.Trait, FaultRow.EngineRestart)]
    [NeedsFact(MachineNeeds.DockerSocket)]
    public async Task SocketGoneAndBack_NothingIsTouched()
    {
        await StartOnLineAsync();
        var (lease, before) = await RunningAsync(1);

        await _line!.RemoveAsync();
        await AwayAsync();
        Assert.Single(_host.Leases);
        _line.PutBack();
        await BackAsync();

        Assert.Equal(Identity(before), Identity(await _host.InspectAsync(lease, "web")));
        Assert.Single(_host.Leases);
        Assert.Equal(LeaseStage.Active, _host.Leases[lease].Lease.Stage);
    }

    [Trait(FaultRow.Trait, FaultRow.Partition)]
    [NeedsRootFact("dockerd")]
    public async Task SilentForAnHour_LeasesAreHeld_AndThereIsNeverASecondCopy()
    {
        _host.Time = _time = new();
        await StartEngineAsync(liveRestore: false);
        var (kept, before) = await RunningAsync(1);
        var (ended, _) = await RunningAsync(2);

        var told = _host.Logged("EngineAway");
        await _engine!.FreezeAsync(); // its socket takes connections, and nothing is ever answered
        var begun = _host.Market.Win(3);
        await _host.SendManifestAsync(begun, Sleeper());
        _host.Market.Close(ended);
        for (var minute = 0; minute < 60; minute++) _time.Jump(TimeSpan.FromMinutes(1));
        await AwayAsync();
        await Eventually.BecomesTrueAsync("the market's word is taken", () => _host.Get<LeaseBook>().Find(ended)?.Stage == LeaseStage.Closing);
        Assert.Equal(LeaseStage.Active, _host.Get<LeaseBook>().Find(kept)?.Stage);
        await Eventually.BecomesTrueAsync("it is told", () => _host.Logged("EngineAway") > told);
        Assert.Equal(told + 1, _host.Logged("EngineAway")); // once, not each time

        await _engine.ThawAsync();
        await _host.WaitUntilActiveAsync(begun);
        await Eventually.BecomesTrueAsync("what ended meanwhile is gone", () => !_host.Leases.ContainsKey(ended));
        Assert.Equal(Identity(before), Identity(await _host.InspectAsync(kept, "web")));
        Assert.Equal(2, (await _host.Engine.Containers.ListContainersAsync(new() { All = true }, CancellationToken.None)).Count);
    }

    private async Task StartEngineAsync(bool liveRestore)
    {
        _engine = await SpareEngine.StartAsync(gpus: null, liveRestore: liveRestore);
        _host.EngineEndpoint = _engine.Endpoint;
        await _host.StartAsync();
    }

    private Task StartOnLineAsync()
    {
        _line = new();
        _host.EngineEndpoint = _line.Endpoint;
        return _host.StartAsync();
    }

    private async Task<(LeaseId Lease, ContainerInspectResponse Container)> RunningAsync(ulong dseq)
    {
        var lease = _host.Market.Win(dseq);
        await _host.SendManifestAsync(lease, Sleeper());
        await _host.WaitUntilActiveAsync(lease);
        return (lease, await _host.InspectAsync(lease, "web"));
    }

    private Task AwayAsync() => Eventually.BecomesTrueAsync("the engine is known to be away", () => _host.Get<IWorkloads>().Snapshot.IsStale);

    private Task BackAsync() => Eventually.BecomesTrueAsync("the engine is known to be back", () => !_host.Get<IWorkloads>().Snapshot.IsStale);

    private static (string, string, long) Identity(ContainerInspectResponse container) => (container.ID, container.State.StartedAt, container.State.Pid);

    private static ManifestService Sleeper() => Build.Service() with { Image = WorkloadHost.Image, Args = ["sleep", "100000"] };
}
