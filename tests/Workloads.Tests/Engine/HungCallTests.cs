using ProviderAgent.Docker;
using ProviderAgent.Manifests;
using ProviderAgent.Marketplace;
using ProviderAgent.Workloads.Tests.Support;

namespace ProviderAgent.Workloads.Tests.Engine;

/// <summary>One call to the engine hangs: a deadline ends it, other leases go on meanwhile, and when it is free again the lease is put right, with nothing doubled.</summary>
public sealed class HungCallTests : IAsyncLifetime
{
    // Longer than other leases can take meanwhile; it passes when the tests say so.
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(2);

    private readonly EngineLine _line = new();
    private readonly RunningTimeProvider _time = new();
    private readonly WorkloadHost _host = new() { Guard = new OpenGuard() };
    private readonly IDockerClient _engine = new DockerClientConfiguration(DockerClientConfiguration.LocalEndpoint).CreateClient();

    public Task InitializeAsync()
    {
        (_host.EngineEndpoint, _host.Time) = (_line.Endpoint, _time);
        _host.Configure = options => options.Network.Subnets = "10.222.0.0/16";
        _host.ConfigureTimeouts = timeouts => (timeouts.Query, timeouts.Change, timeouts.StopMargin) = (TimeSpan.FromMinutes(10), Deadline, Deadline);
        return _host.StartAsync();
    }

    public async Task DisposeAsync()
    {
        _line.Proxy.Release();
        await _host.DisposeAsync();
        await _line.DisposeAsync();
        await _time.DisposeAsync();
        _engine.Dispose();
    }

    [Trait(FaultRow.Trait, FaultRow.CallHangs)]
    [NeedsTheory(MachineNeeds.DockerSocket)]
    [InlineData(false)]
    [InlineData(true)] // it is carried out, and the answer hangs
    public async Task Create_Hangs_OthersGoOn_AndThereIsOneContainerInTheEnd(bool arrives)
    {
        var lease = _host.Market.Win(1);
        var request = $"/containers/create?name={WorkloadNames.Container(lease, "web", 0)}";
        var caught = arrives ? _line.Proxy.HoldEveryAnswer(request) : _line.Proxy.HoldEveryRequest(request);
        await _host.SendManifestAsync(lease, Sleeper());
        await CaughtAsync(caught);

        await OthersGoOnAsync();
        _time.Speed = 0; // what is told stays until it was looked at
        _time.Jump(Deadline);
        await _host.WaitForAsync(lease, "its tenant is told", view => view.Problems.Values.Any(problem => problem.Contains("did not answer in time", StringComparison.Ordinal)));
        _time.Speed = 1;

        await FreeAsync();
        await _host.WaitUntilWellAsync(lease);
        Assert.Single(await ContainersAsync(lease));
    }

    [Trait(FaultRow.Trait, FaultRow.CallHangs)]
    [NeedsFact(MachineNeeds.DockerSocket)]
    public async Task Stop_Hangs_OthersGoOn_AndTheEndedLeaseIsTornDownInTheEnd()
    {
        var (lease, container) = await RunningAsync();
        var caught = _line.Proxy.HoldEveryRequest($"/containers/{container}/stop");
        _host.Market.Close(lease);
        await CaughtAsync(caught);

        await OthersGoOnAsync();
        Assert.Equal(LeaseStage.Closing, _host.Leases[lease].Lease.Stage);

        await FreeAsync();
        await Eventually.BecomesTrueAsync("the lease is torn down", () => !_host.Leases.ContainsKey(lease));
        Assert.Equal(0, await _host.CountOnEngineAsync());
    }

    [Trait(FaultRow.Trait, FaultRow.CallHangs)]
    [NeedsFact(MachineNeeds.DockerSocket)]
    public async Task Inspect_Hangs_OthersGoOn_AndTheContainerThatEndedMeanwhileIsStartedAgain()
    {
        var (lease, container) = await RunningAsync();
        var caught = _line.Proxy.HoldEveryRequest($"/containers/{container}/json");
        await _engine.Containers.KillContainerAsync(container, new(), CancellationToken.None);
        await CaughtAsync(caught);
        await _host.WaitForAsync(lease, "nothing is known of it", view => view.Actual.Containers is [{ Condition: ContainerCondition.Stuck }]);

        await OthersGoOnAsync();
        Assert.Equal(0, _host.Logged("EngineAway"));

        await FreeAsync();
        await _host.WaitForAsync(lease, "it runs again", view => view.Actual.Containers is [{ Condition: ContainerCondition.Running }]);
        Assert.Equal(container, Assert.Single(await ContainersAsync(lease)));
    }

    /// <summary>Another lease begins, runs and ends.</summary>
    private async Task OthersGoOnAsync()
    {
        var other = _host.Market.Win(2);
        await _host.SendManifestAsync(other, Sleeper());
        await _host.WaitUntilActiveAsync(other);
        _host.Market.Close(other);
        await Eventually.BecomesTrueAsync("the other lease is torn down", () => !_host.Leases.ContainsKey(other));
    }

    /// <summary>The deadline passes, what hung goes on, and so does the pause after the failure.</summary>
    private async Task FreeAsync()
    {
        if (_host.Logged("StepFailed") + _host.Logged("Unanswered") == 0) _time.Jump(2 * Deadline);
        await Eventually.BecomesTrueAsync("the deadline has passed", () => _host.Logged("StepFailed") + _host.Logged("Unanswered") > 0);
        _line.Proxy.Release();
        _time.Jump(RestartPolicy.Pause(2));
    }

    private static Task CaughtAsync(Task caught) => caught.WaitAsync(TimeSpan.FromMinutes(2));

    private async Task<(LeaseId Lease, string Container)> RunningAsync()
    {
        var lease = _host.Market.Win(1);
        await _host.SendManifestAsync(lease, Sleeper());
        await _host.WaitUntilActiveAsync(lease);
        return (lease, Assert.Single(await ContainersAsync(lease)));
    }

    private async Task<IReadOnlyList<string>> ContainersAsync(LeaseId lease) =>
        [.. (await _engine.Containers.ListContainersAsync(
            new() { All = true, Filters = new Dictionary<string, IDictionary<string, bool>> { ["label"] = new Dictionary<string, bool> { [$"{WorkloadNames.LeaseLabel}={lease}"] = true } } }, CancellationToken.None))
            .Select(container => container.ID)];

    private static ManifestService Sleeper() => Build.Service() with { Image = WorkloadHost.Image, Args = ["sleep", "100000"] };
}
