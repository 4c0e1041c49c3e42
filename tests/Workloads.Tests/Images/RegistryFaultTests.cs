using ProviderAgent.Docker;
using ProviderAgent.Manifests;
using ProviderAgent.Marketplace;
using ProviderAgent.Workloads.Tests.Support;

namespace ProviderAgent.Workloads.Tests.Images;

/// <summary>Registries that refuse, lie, stall or have no end, in front of the real engine: their tenants are told why, the disk is safe, and nobody else waits.</summary>
public sealed class RegistryFaultTests : IAsyncLifetime
{
    private readonly RunningTimeProvider _time = new();
    private readonly WorkloadHost _host = new() { Guard = new OpenGuard() };
    private readonly List<FakeRegistry> _registries = [];
    private readonly IDockerClient _engine = new DockerClientConfiguration(DockerClientConfiguration.LocalEndpoint).CreateClient();
    private EngineLine? _line;

    public Task InitializeAsync()
    {
        _host.Time = _time;
        _host.Configure = options => options.Network.Subnets = "10.227.0.0/16";
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        _line?.Proxy.Release();
        await _host.DisposeAsync();
        foreach (var registry in _registries)
        {
            registry.Resume.TrySetResult();
            await registry.DisposeAsync();
        }

        foreach (var image in await ImagesAsync()) await _engine.Images.DeleteImageAsync(image, new() { Force = true }, CancellationToken.None);
        if (_line is not null) await _line.DisposeAsync();
        await _time.DisposeAsync();
        _engine.Dispose();
    }

    [Trait(FaultRow.Trait, FaultRow.Registry)]
    [NeedsFact(MachineNeeds.DockerSocket)]
    public async Task RefusesOrLies_TheTenantIsToldWhy_NothingIsLeftOnTheDisk_AndOthersRun()
    {
        await _host.StartAsync();
        var troubles = new (string Told, Action<FakeRegistry> Trouble)[]
        {
            ("limits downloads; it is tried again later", registry => (registry.Refuses, registry.RefusalText) = (429, """{"errors":[{"code":"TOOMANYREQUESTS","message":"You have reached your pull rate limit"}]}""")),
            ("limits downloads; it is tried again later", registry => (registry.Refuses, registry.RefusalText) = (429, "<html>slow down</html>")),
            ("refuses access; check the credentials in the manifest", registry => registry.Password = "secret"),
            ("has an error of its own; it is tried again later", registry => (registry.Refuses, registry.RefusalText) = (500, """{"errors":[{"code":"UNKNOWN","message":"disk on fire"}]}""")),
            ("has an error of its own; it is tried again later", registry => (registry.Refuses, registry.RefusalText) = (502, "<html>bad gateway</html>")),
            ("data that does not match the image", registry => registry.Spoiled = true),
            ("larger than the 60 GiB that this provider takes", registry => registry.ClaimedLayerBytes = 200 * ByteSize.GiB),
        };
        var leases = new List<(LeaseId Lease, string Told)>();
        foreach (var (told, trouble) in troubles)
        {
            var registry = await RegistryAsync();
            trouble(registry);
            var lease = _host.Market.Win((ulong)leases.Count + 1);
            leases.Add((lease, told));
            await _host.SendManifestAsync(lease, Of(registry.Image));
        }

        await OthersRunAsync();
        foreach (var (lease, told) in leases)
        {
            var view = await _host.WaitForAsync(lease, told, view => view.Problems.ContainsKey("web"));
            Assert.Equal(LeaseStage.Deploying, view.Lease.Stage);
        }

        Assert.All(leases, entry => Assert.EndsWith(entry.Told, _host.Leases[entry.Lease].Problems["web"], StringComparison.Ordinal));

        Assert.Empty(await ImagesAsync());
    }

    [Trait(FaultRow.Trait, FaultRow.Registry)]
    [Trait(FaultRow.Trait, FaultRow.CallHangs)]
    [NeedsTheory(MachineNeeds.DockerSocket)]
    [InlineData(false)]
    [InlineData(true)] // the engine itself does not answer to the pull
    public async Task AsManyStallAsMayBePulledAtOnce_OthersArePulledAllTheSame_AndTheirsAsSoonAsTheyGoOn(bool isEngineHung)
    {
        _line = new();
        _host.EngineEndpoint = _line.Endpoint;
        _host.Configure += options => options.ParallelPulls = 2;
        _host.ConfigureTimeouts = timeouts => timeouts.Query = timeouts.Change = timeouts.Start = TimeSpan.FromMinutes(10);
        await _host.StartAsync();
        var stalled = new List<LeaseId>();
        if (isEngineHung) _ = _line.Proxy.HoldEveryRequest("/images/create?fromImage=127.0.0.1");
        for (var number = 1; number <= 2; number++)
        {
            var registry = await RegistryAsync();
            registry.Stalls = !isEngineHung;
            stalled.Add(_host.Market.Win((ulong)number));
            await _host.SendManifestAsync(stalled[^1], Of(registry.Image));
        }

        await Eventually.BecomesTrueAsync("both pulls hang", () => isEngineHung ? _line.Proxy.Held == 2 : _registries.All(registry => registry.LayerBegun.Task.IsCompleted));
        // What is held stays held; what is asked from now on passes.
        if (isEngineHung) _ = _line.Proxy.HoldEveryRequest("none");
        var third = await RegistryAsync();
        await _host.SendManifestAsync(_host.Market.Win(3), Of(third.Image));
        _time.Jump(TimeSpan.FromSeconds(30));
        await Eventually.BecomesTrueAsync("the other image is pulled", () => _host.Logged("Pulled") == 1);

        // Those that stall are given up at their deadline, and tried again.
        _time.Jump(TimeSpan.FromMinutes(6));
        foreach (var lease in stalled) await _host.WaitForAsync(lease, "the tenant is told", view => view.Problems.ContainsKey("web"));
        foreach (var registry in _registries) registry.Stalls = false;
        _time.Jump(TimeSpan.FromMinutes(1));
        await Eventually.BecomesTrueAsync("theirs are pulled as well", () => _host.Logged("Pulled") == 3);
    }

    private async Task OthersRunAsync()
    {
        var other = _host.Market.Win(100);
        await _host.SendManifestAsync(other, Of(WorkloadHost.Image));
        await _host.WaitUntilActiveAsync(other);
    }

    private async Task<FakeRegistry> RegistryAsync()
    {
        var registry = await FakeRegistry.StartAsync();
        _registries.Add(registry);
        return registry;
    }

    /// <summary>What the engine has of these registries.</summary>
    private async Task<IReadOnlyList<string>> ImagesAsync() =>
        [.. (await _engine.Images.ListImagesAsync(new(), CancellationToken.None))
            .Where(image => _registries.Any(registry => (image.RepoTags ?? []).Concat(image.RepoDigests ?? []).Any(name => name.StartsWith(registry.Authority + "/", StringComparison.Ordinal))))
            .Select(image => image.ID)];

    private static ManifestService Of(string image) => Build.Service() with { Image = image, Args = ["sleep", "100000"] };
}
