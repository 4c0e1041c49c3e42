using ProviderAgent.Workloads.Tests.Support;

namespace ProviderAgent.Workloads.Tests.Engine;

/// <summary>A runtime that hangs at the start of one container: the engine then says nothing of it, and can neither end nor remove it.</summary>
public sealed class HungRuntimeTests : IAsyncLifetime
{
    private const string Runtime = "slow";

    private readonly WorkloadHost _host = new() { Guard = new OpenGuard() };
    private readonly TempFolder _folder = new();
    private SpareEngine? _engine;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        File.Delete(_folder.File("hang"));
        await _host.DisposeAsync();
        if (_engine is not null) await _engine.DisposeAsync();
        _folder.Dispose();
    }

    [Trait(FaultRow.Trait, FaultRow.CallHangs)]
    [NeedsRootFact("dockerd")]
    public async Task OneStartHangs_EverythingElseGoesOn_AndItRunsOnceItIsFree()
    {
        await StartAsync();
        var (hung, other) = (_host.Market.Win(1), _host.Market.Win(2));
        await _host.SendManifestAsync(hung, Build.Service() with { Image = WorkloadHost.Image, Args = ["sleep", "100000"], Env = ["HANG_AT_START=1"] });
        var view = await _host.WaitForAsync(hung, "the trouble is shown", view => view.Problems.GetValueOrDefault("web")?.Contains("runtime hangs", StringComparison.Ordinal) == true);
        Assert.NotEqual(LeaseStage.Active, view.Lease.Stage);
        view = await _host.WaitForAsync(hung, "the engine is known to be silent about it", view => view.Actual.Containers is [{ Condition: ContainerCondition.Stuck }]);
        var id = view.Actual.Containers[0].Id;

        await _host.SendManifestAsync(other, Build.Service("api") with { Image = WorkloadHost.Image, Args = ["sleep", "100000"] });
        await _host.WaitUntilActiveAsync(other);
        var kept = (await _host.InspectAsync(other, "api")).ID;
        _host.Market.Close(other);
        await _host.WaitForAsync(hung, "the other is torn down", _ => !_host.Leases.ContainsKey(other));
        Assert.Equal(0, _host.Logged("EngineAway"));
        Assert.DoesNotContain(await _host.Engine.Containers.ListContainersAsync(new() { All = true }, CancellationToken.None), container => container.ID == kept);

        File.Delete(_folder.File("hang"));
        await _host.WaitUntilActiveAsync(hung);
        Assert.Equal(id, (await _host.InspectAsync(hung, "web")).ID);
    }

    private async Task StartAsync()
    {
        File.WriteAllText(_folder.File("hang"), "");
        var program = _folder.Program(Runtime, $"#!/bin/sh\nSLOW_RUNTIME_FOLDER={_folder.Path} exec {Path.Combine(Repository.Root, "tests", "fakes", "slow-runtime.sh")} \"$@\"\n");
        _engine = await SpareEngine.StartAsync(gpus: null, new Dictionary<string, string> { [Runtime] = program });
        _host.EngineEndpoint = _engine.Endpoint;
        _host.Configure = options => (options.Runtime, options.Network.Subnets) = (Runtime, "10.218.0.0/16");
        _host.ConfigureTimeouts = timeouts => timeouts.Start = TimeSpan.FromSeconds(2);
        await _host.StartAsync();
    }
}
