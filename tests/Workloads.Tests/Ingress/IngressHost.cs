using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using ProviderAgent.Manifests;
using ProviderAgent.Marketplace;
using ProviderAgent.Workloads.Tests.Support;

namespace ProviderAgent.Workloads.Tests.Ingress;

/// <summary>The ingress as the daemon composes it, over leases that a test names. The proxy is a stand-in unless a real one is asked for.</summary>
internal sealed class IngressHost : IAsyncDisposable
{
    public const string Domain = "ingress.example.com";

    private readonly ServiceProvider _services;
    private readonly LeasesOfATest _leases = new();

    /// <param name="time">The clock.</param>
    /// <param name="stores">What an earlier one left.</param>
    /// <param name="rig">The real proxy, and where it is; null for a stand-in that takes everything.</param>
    public IngressHost(TimeProvider time, MemoryStores? stores = null, NginxRig? rig = null)
    {
        Stores = stores ?? new();
        Options = rig?.Options ?? new(new() { Nginx = new() { UnitDirectory = "/proc/nonexistent" } });
        var services = new ServiceCollection();
        services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Debug).AddProvider(Log));
        services.AddSingleton(time);
        services.AddSingleton<System.Diagnostics.Metrics.IMeterFactory>(Meters);
        services.AddSingleton<IOptionsMonitor<IngressOptions>>(Options);
        services.AddSingleton<IOptions<IngressOptions>>(new OptionsWrapper<IngressOptions>(Options.CurrentValue));
        services.AddSingleton<IWorkloads>(_leases);
        services.AddSingleton<IHostNameStore>(Stores);
        services.AddSingleton<IPublicHostName>(new ProviderName());
        services.AddSingleton(new IngressFolder(rig?.Folder.Path ?? _folder.Path));
        if (rig is null) services.AddSingleton<IIngress>(Proxy);
        services.AddIngress();
        services.RemoveAll<Microsoft.Extensions.Hosting.IHostedService>();
        services.AddSingleton<OwnershipProver>();
        services.AddSingleton<AcmeKeeper>();
        _services = services.BuildServiceProvider();
    }

    private readonly TempFolder _folder = new();

    public MemoryStores Stores { get; }

    public SettableOptions<IngressOptions> Options { get; }

    public MeterProbe Meters { get; } = new();

    public EventCounter Log { get; } = new();

    public ProxyOfATest Proxy { get; } = new();

    public IngressKeeper Keeper => Get<IngressKeeper>();

    public T Get<T>()
        where T : notnull => _services.GetRequiredService<T>();

    public HostState Host(string name) => Keeper.Snapshot.Hosts.Single(host => host.Host == name);

    /// <summary>What the daemon would know of the leases.</summary>
    public void Runs(params LeaseView[] leases) => _leases.Show(new(leases.ToDictionary(lease => lease.Lease.Id), DateTimeOffset.UnixEpoch, IsStale: false));

    public void EngineWasNeverRead() => _leases.Show(WorkloadSnapshot.Empty);

    /// <summary>A lease with one web service.</summary>
    public static LeaseView Lease(LeaseId id, int port, LeaseStage stage, IPAddress? replica, params string[] hosts)
    {
        var group = new ManifestGroup("west", [Build.Service() with { Expose = [new ServiceExpose { Port = (uint)port, ExternalPort = 80, Proto = ServiceExpose.Tcp, Global = true, Hosts = [.. hosts] }] }]);
        var containers = replica is null ? [] : new[] { Build.Container(Build.Spec()) with { Network = new(replica, IPNetwork.Parse("10.213.0.0/26"), IPAddress.Parse("10.213.0.1")) } };
        var record = new LeaseRecord { Id = id, Stage = stage, Price = Rate.PerTick(Decimal18.Parse("1"), Denom.Parse("uact")), CreatedAt = default, SeenAt = default, Manifest = Build.Manifest, GoodManifest = Build.Manifest };
        return new(record, group, new(id, Build.Manifest, []), new(id, [.. containers], [], []), new Dictionary<string, string>(), new Dictionary<string, int>());
    }

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        _folder.Dispose();
    }

    internal sealed class ProxyOfATest : IIngress
    {
        public IngressTable? Table { get; private set; }

        public IngressReport Report { get; set; } = new(IsServing: true, null);

        public int Resumed { get; private set; }

        public Task<IngressReport> ApplyAsync(IngressTable table, CancellationToken ct)
        {
            Table = table;
            return Task.FromResult(Report);
        }

        public Task<IngressReport> ResumeAsync(CancellationToken ct)
        {
            Resumed++;
            return Task.FromResult(Report);
        }
    }

    private sealed class LeasesOfATest : IWorkloads
    {
        public WorkloadSnapshot Snapshot { get; private set; } = WorkloadSnapshot.Empty;

        public event Action? Changed;

        public void Show(WorkloadSnapshot snapshot)
        {
            Snapshot = snapshot;
            Changed?.Invoke();
        }
    }

    private sealed class ProviderName : IPublicHostName
    {
        public string Value => "provider.example.com";

        public string IngressDomain => Domain;
    }
}
