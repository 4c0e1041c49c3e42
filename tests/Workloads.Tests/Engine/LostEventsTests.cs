using ProviderAgent.Docker;
using ProviderAgent.Docker.Models;
using ProviderAgent.Marketplace;
using ProviderAgent.Workloads.Tests.Support;

namespace ProviderAgent.Workloads.Tests.Engine;

/// <summary>Events of the engine only wake. Without any of them everything is right again after one interval.</summary>
public sealed class LostEventsTests : IAsyncLifetime
{
    private readonly EngineLine _line = new();
    private readonly WorkloadHost _host = new() { Guard = new OpenGuard() };
    private readonly IDockerClient _engine = new DockerClientConfiguration(DockerClientConfiguration.LocalEndpoint).CreateClient();

    public Task InitializeAsync()
    {
        _host.EngineEndpoint = _line.Endpoint;
        _host.Configure = options => options.Network.Subnets = "10.223.0.0/16";
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        await _host.DisposeAsync();
        await _line.DisposeAsync();
        _engine.Dispose();
    }

    [Trait(FaultRow.Trait, FaultRow.EventsLost)]
    [NeedsFact(MachineNeeds.DockerSocket)]
    public async Task StreamThatNeverSaysAnything_TheSweepFindsAllThatHappened()
    {
        _line.Proxy.Silence("/events");
        var (lease, container) = await RunningAsync();
        var first = await StateAsync(container);

        await _engine.Containers.KillContainerAsync(container, new(), CancellationToken.None);
        await Eventually.BecomesTrueAsync("it is started again", async () => await StateAsync(container) is { Running: true } state && state.StartedAt != first.StartedAt);
        var second = await StateAsync(container);
        await SeenAsync(second.Pid);

        // Between two looks it runs, and runs again: what is known of the run before must not last.
        await _engine.Containers.KillContainerAsync(container, new(), CancellationToken.None);
        await _engine.Containers.WaitContainerAsync(container, CancellationToken.None);
        await _engine.Containers.StartContainerAsync(container, new(), CancellationToken.None);
        var third = await StateAsync(container);
        Assert.NotEqual(second.Pid, third.Pid);
        await SeenAsync(third.Pid);

        await _engine.Containers.RenameContainerAsync(container, new() { NewName = "renamed-" + container[..12] }, CancellationToken.None);
        await Eventually.BecomesTrueAsync("it has its name again", async () => (await _engine.Containers.InspectContainerAsync(container, CancellationToken.None)).Name == "/" + WorkloadNames.Container(lease, "web", 0));

        await _engine.Containers.PauseContainerAsync(container, CancellationToken.None);
        await Eventually.BecomesTrueAsync("it is unpaused", async () => await StateAsync(container) is { Running: true, Paused: false });

        await _engine.Containers.RemoveContainerAsync(container, new() { Force = true }, CancellationToken.None);
        await _host.WaitForAsync(lease, "a new one runs", view => view.Actual.Containers is [{ Condition: ContainerCondition.Running } made] && made.Id != container);

        Task SeenAsync(long pid) => _host.WaitForAsync(lease, "its latest run is seen", view => view.Actual.Containers is [{ Condition: ContainerCondition.Running } seen] && seen.Pid == pid);
    }

    [Trait(FaultRow.Trait, FaultRow.EventsLost)]
    [NeedsFact(MachineNeeds.DockerSocket)]
    public async Task StreamCut_ADeathInTheGapIsFoundWhenItIsBack_LongBeforeTheNextSweep()
    {
        _host.Configure += options => options.ReconcileInterval = TimeSpan.FromMinutes(10);
        var (_, container) = await RunningAsync();
        var first = await StateAsync(container);

        var caught = _line.Proxy.HoldEveryRequest("/events");
        Assert.Equal(1, _line.Proxy.Cut("/events"));
        await caught.WaitAsync(TimeSpan.FromMinutes(2)); // its next try is held: nobody hears of the death
        await _engine.Containers.KillContainerAsync(container, new(), CancellationToken.None);
        await _engine.Containers.WaitContainerAsync(container, CancellationToken.None);
        Assert.False((await StateAsync(container)).Running);
        _line.Proxy.Release();

        await Eventually.BecomesTrueAsync("it is started again", async () => await StateAsync(container) is { Running: true } state && state.StartedAt != first.StartedAt);
    }

    private async Task<(LeaseId Lease, string Container)> RunningAsync()
    {
        await _host.StartAsync();
        var lease = _host.Market.Win(1);
        await _host.SendManifestAsync(lease, Build.Service() with { Image = WorkloadHost.Image, Args = ["sleep", "100000"] });
        var view = await _host.WaitUntilActiveAsync(lease);
        return (lease, view.Actual.Containers[0].Id);
    }

    private async Task<ContainerState> StateAsync(string container) => (await _engine.Containers.InspectContainerAsync(container, CancellationToken.None)).State;
}
