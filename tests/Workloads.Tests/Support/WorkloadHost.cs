using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ProviderAgent.Docker;
using ProviderAgent.Docker.Models;
using ProviderAgent.Inventory;
using ProviderAgent.Manifests;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Workloads.Tests.Support;

/// <summary>The room as the daemon composes it, on the real engine, for a provider account that nobody else uses.</summary>
internal sealed class WorkloadHost : IAsyncDisposable
{
    public const string Image = "127.0.0.1:5000/test/busybox:1";

    private readonly EventCounter _log = new();
    private ServiceProvider? _services;
    private IDisposable? _firewall;

    public WorkloadHost() => Eventually.OnFailureTell(() => (_services is null ? "" : string.Concat(Leases.Keys.Select(lease => $"{Environment.NewLine}  {lease} was last seen {Describe(lease)}"))) + _log.Warnings);

    public AccountAddress Account { get; } = AccountAddress.Parse("akash1test" + Guid.NewGuid().ToString("N")[..12]);

    public MemoryStores Stores { get; private set; } = new();

    public LeaseMarket Market => field ??= new(Account);

    public IDockerClient Engine => Get<IDockerClient>();

    public IReadOnlyDictionary<LeaseId, LeaseView> Leases => Get<IWorkloads>().Snapshot.Leases;

    public Action<WorkloadOptions> Configure { get; set; } = _ => { };

    /// <summary>Without it no host name is served.</summary>
    public Action<IngressOptions> ConfigureIngress { get; set; } = _ => { };

    /// <summary>Where the ingress keeps its files.</summary>
    public string IngressFolder { get; set; } = "/proc/nonexistent";

    /// <summary>In place of the real firewall when set.</summary>
    public INetworkGuard? Guard { get; set; }

    /// <summary>Another engine than the machine's when set.</summary>
    public Uri? EngineEndpoint { get; set; }

    public Action<DockerClientTimeouts> ConfigureTimeouts { get; set; } = _ => { };

    /// <summary>In place of the machine's clock when set.</summary>
    public TimeProvider? Time { get; set; }

    /// <summary>In place of the real disk when set.</summary>
    public IDataDisk? Disk { get; set; }

    /// <summary>Folder for disks in files; without one nobody is held to disk space.</summary>
    public string? DiskFolder { get; set; }

    /// <summary>In place of what tenants are held to when set: tests do not wait that long.</summary>
    public HealthCheckBounds? HealthChecks { get; set; }

    /// <summary>How often an event was logged.</summary>
    public int Logged(string eventName) => _log.Count(eventName);

    /// <summary>The GPUs that orders were given.</summary>
    public ConcurrentDictionary<OrderId, ValueList<GpuPick>> Picks { get; } = [];

    public T Get<T>()
        where T : notnull => (_services ?? throw new InvalidOperationException("not started")).GetRequiredService<T>();

    public async Task StartAsync()
    {
        if (Guard is null) _firewall ??= await FirewallTurn.TakeAsync();
        var services = new ServiceCollection();
        services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Debug).AddProvider(_log));
        if (Time is not null) services.AddSingleton(Time);
        if (Disk is not null) services.AddSingleton(Disk);
        if (HealthChecks is not null) services.AddSingleton(HealthChecks);
        services.AddMetrics();
        services.AddSingleton<IMarketplace>(Market);
        services.AddSingleton<ILeaseStore>(Stores);
        services.AddSingleton<IManifestStore>(Stores);
        services.AddSingleton<IPortStore>(Stores);
        services.AddSingleton<ISignalStore>(Stores);
        services.AddSingleton<IHostNameStore>(Stores);
        services.AddSingleton(new IngressFolder(IngressFolder));
        services.Configure<IngressOptions>(options =>
        {
            options.Mode = IngressMode.None;
            options.Nginx.UnitDirectory = "/proc/nonexistent";
            ConfigureIngress(options);
        });
        services.AddSingleton<IPublicHostName>(new HostName("provider.example.com"));
        if (Guard is not null) services.AddSingleton(Guard);
        if (EngineEndpoint is not null) services.Configure<DockerOptions>(options => options.Endpoint = EngineEndpoint);
        services.Configure<DockerOptions>(options => ConfigureTimeouts(options.Timeouts));
        services.AddSingleton<IGpuDesk>(new PickedGpus(Picks));
        services.AddInventory();
        services.AddWorkloads();
        services.Configure<WorkloadOptions>(options =>
        {
            options.ReconcileInterval = TimeSpan.FromSeconds(1);
            options.SweepInterval = TimeSpan.FromSeconds(1);
            options.StopGrace = TimeSpan.FromSeconds(1);
            options.PortsAddress = "127.0.0.1";
            options.Network.HelperSocket = options.Volumes.HelperSocket = "/nonexistent";
            options.Volumes.Backend = DiskFolder is null ? DiskBackend.None : DiskBackend.Loop;
            options.Volumes.Folder = DiskFolder ?? "/nonexistent";
            (options.Volumes.StopSellingBelow, options.Volumes.CollectBelow, options.Volumes.AlarmBelow) = (default, default, default);
            Configure(options);
        });
        _services = services.BuildServiceProvider();
        await Get<LeaseBook>().LoadAsync(CancellationToken.None);
        foreach (var hosted in _services.GetServices<IHostedService>()) await hosted.StartAsync(CancellationToken.None);
    }

    /// <summary>Stops the daemon without touching what runs.</summary>
    public async Task StopAsync()
    {
        if (_services is null) return;
        foreach (var hosted in _services.GetServices<IHostedService>().Reverse()) await hosted.StopAsync(CancellationToken.None);
        await _services.DisposeAsync();
        _services = null;
    }

    public void LoseTheLedger() => Stores = new();

    /// <summary>Waits for the lease to be known, then sends a manifest with these services.</summary>
    public async Task SendManifestAsync(LeaseId lease, params ManifestService[] services)
    {
        var manifest = new Manifest([new ManifestGroup("west", [.. services.OrderBy(service => service.Name, StringComparer.Ordinal)])]);
        await Eventually.BecomesTrueAsync("the lease is known", () => Get<LeaseBook>().Find(lease) is not null);
        Assert.True(await Get<IManifestIntake>().AcceptAsync(lease, new(CanonicalManifest.Hash(manifest), CanonicalManifest.Encode(manifest)), CancellationToken.None));
    }

    public async Task<LeaseView> WaitForAsync(LeaseId lease, string what, Func<LeaseView, bool> condition) =>
        await Eventually.GetAsync(what, () => Task.FromResult(Leases.TryGetValue(lease, out var view) && condition(view) ? view : null));

    public Task<LeaseView> WaitUntilActiveAsync(LeaseId lease) =>
        WaitForAsync(lease, "every replica runs", view => view.Lease.Stage == LeaseStage.Active && view.Desired is { } wanted && WorkloadPlanner.IsReady(wanted, view.Actual));

    /// <summary>As <see cref="WaitUntilActiveAsync"/>, and nothing is told of it any more: what was told before a container ran is taken back a moment after it runs.</summary>
    public Task<LeaseView> WaitUntilWellAsync(LeaseId lease) =>
        WaitForAsync(lease, "every replica runs and no problem is told", view => view.Lease.Stage == LeaseStage.Active && view.Desired is { } wanted && WorkloadPlanner.IsReady(wanted, view.Actual) && view.Problems.Count == 0);

    public async Task<ContainerInspectResponse> InspectAsync(LeaseId lease, string service, int replica = 0) =>
        await Engine.Containers.InspectContainerAsync(WorkloadNames.Container(lease, service, replica), CancellationToken.None);

    /// <summary>Runs a command in a replica and returns what it printed.</summary>
    public async Task<string> ExecAsync(LeaseId lease, string service, params string[] command)
    {
        var created = await Engine.Exec.ExecCreateContainerAsync(
            WorkloadNames.Container(lease, service, 0), new() { Cmd = [.. command], AttachStdout = true, AttachStderr = true }, CancellationToken.None);
        await using var stream = await Engine.Exec.StartAndAttachContainerExecAsync(created.ID, tty: false, CancellationToken.None);
        var (output, errors) = await stream.ReadOutputToEndAsync(CancellationToken.None);
        return output + errors;
    }

    /// <summary>Ends every container of this provider, as switching the machine off does.</summary>
    public async Task KillContainersAsync()
    {
        using var engine = new DockerClientConfiguration(EngineEndpoint ?? DockerClientConfiguration.LocalEndpoint).CreateClient();
        foreach (var container in (await ListAsync(engine)).Containers)
        {
            var run = (await engine.Containers.InspectContainerAsync(container, CancellationToken.None)).State.StartedAt;
            await engine.Containers.KillContainerAsync(container, new(), CancellationToken.None);
            // Not by waiting for its end: a daemon that runs may have started it again before the engine is asked.
            await Eventually.BecomesTrueAsync("the run is over", async () => (await engine.Containers.InspectContainerAsync(container, CancellationToken.None)).State is var state && (!state.Running || state.StartedAt != run));
        }
    }

    /// <summary>Everything of this provider that the engine holds.</summary>
    public async Task<int> CountOnEngineAsync()
    {
        using var engine = new DockerClientConfiguration(EngineEndpoint ?? DockerClientConfiguration.LocalEndpoint).CreateClient();
        var (containers, networks, volumes) = await ListAsync(engine);
        return containers.Count + networks.Count + volumes.Count;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        using var engine = new DockerClientConfiguration(EngineEndpoint ?? DockerClientConfiguration.LocalEndpoint).CreateClient();
        var (containers, networks, volumes) = await ListAsync(engine);
        foreach (var container in containers) await engine.Containers.RemoveContainerAsync(container, new() { Force = true, RemoveVolumes = true }, CancellationToken.None);
        foreach (var network in networks) await engine.Networks.DeleteNetworkAsync(network, CancellationToken.None);
        foreach (var volume in volumes) await engine.Volumes.RemoveAsync(volume, force: true, CancellationToken.None);
        _firewall?.Dispose();
    }

    private async Task<(List<string> Containers, List<string> Networks, List<string> Volumes)> ListAsync(IDockerClient engine)
    {
        var ours = new Dictionary<string, IDictionary<string, bool>> { ["label"] = new Dictionary<string, bool> { [$"{WorkloadNames.ProviderLabel}={Account}"] = true } };
        var containers = await engine.Containers.ListContainersAsync(new() { All = true, Filters = ours }, CancellationToken.None);
        var networks = await engine.Networks.ListNetworksAsync(new() { Filters = ours }, CancellationToken.None);
        var volumes = await engine.Volumes.ListAsync(new VolumesListParameters { Filters = ours }, CancellationToken.None);
        return ([.. containers.Select(container => container.ID)], [.. networks.Select(network => network.ID)], [.. volumes.Volumes.Select(volume => volume.Name)]);
    }

    private string Describe(LeaseId lease) => Leases.TryGetValue(lease, out var view)
        ? $"{view.Lease.Stage}, {view.Actual.Containers.Count} containers, {string.Join("; ", view.Problems)}"
        : "unknown";

    private sealed class PickedGpus(ConcurrentDictionary<OrderId, ValueList<GpuPick>> picks) : IGpuDesk
    {
        public string DriverVersion => "";

        public Task<SelfTestReport> TestAsync(string uuid, SelfTestLevel level, CancellationToken ct) => throw new NotSupportedException();

        public Task QuarantineAsync(string uuid, string reason, CancellationToken ct) => throw new NotSupportedException();

        public Task RestoreAsync(string uuid, CancellationToken ct) => throw new NotSupportedException();

        public Task<ValueList<GpuPick>> DurablePicksAsync(OrderId order, CancellationToken ct) => Task.FromResult(picks.GetValueOrDefault(order));
    }

    private sealed record HostName(string Value) : IPublicHostName
    {
        public string IngressDomain => "ingress.example.com";
    }
}
