using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using ProviderAgent.Docker;
using ProviderAgent.Inventory;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Workloads;

/// <summary>Registration of this room.</summary>
public static class WorkloadServices
{
    /// <summary>
    /// Adds the lease book, the keeper and the reconciler. Needs <see cref="ILeaseStore"/>, <see cref="IManifestStore"/>, <see cref="IPortStore"/>, <see cref="ISignalStore"/>,
    /// <see cref="IHostNameStore"/>, <see cref="IngressFolder"/>, <see cref="IPublicHostName"/>, <see cref="IMarketplace"/>, the inventory and the engine. May be called more than once.
    /// </summary>
    public static IServiceCollection AddWorkloads(this IServiceCollection services)
    {
        services.AddDocker();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<WorkloadOptions>, WorkloadOptionsValidator>());
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<LeaseBook>();
        services.TryAddSingleton<LeaseKeeper>();
        services.TryAddSingleton<DesiredLeases>();
        services.TryAddSingleton<GpuPassthrough>();
        services.TryAddSingleton<GpuProof>();
        services.TryAddSingleton<LeaseNotes>();
        services.Replace(ServiceDescriptor.Singleton<GpuPassthroughProblem>(provider => () => provider.GetRequiredService<GpuPassthrough>().Problem));
        services.Replace(ServiceDescriptor.Singleton<IHostReadiness, WorkloadReadiness>());
        services.AddIngress();
        services.TryAddSingleton<EngineReader>();
        services.TryAddSingleton<EngineGate>();
        services.TryAddSingleton<NftCommand>();
        services.TryAddSingleton<INetworkGuard>(GuardSelection.Choose);
        services.TryAddSingleton<IPortMapper>(GuardSelection.ChooseMapper);
        services.TryAddSingleton<WatchedHosts>();
        services.TryAddSingleton<TenantGuard>();
        services.TryAddSingleton<GuardReadings>();
        services.TryAddSingleton<GuardMetrics>();
        services.TryAddSingleton<PortAliases>();
        services.TryAddSingleton<EngineChains>();
        services.TryAddSingleton<LeaseNetworks>();
        services.TryAddSingleton<IDataDisk, DataDisk>();
        services.TryAddSingleton<ImageLane>();
        services.TryAddSingleton<ImageKeeper>();
        services.TryAddSingleton<ImageMetrics>();
        services.TryAddSingleton<ImageWarmer>();
        services.TryAddSingleton<ImageCollector>();
        services.TryAddSingleton<HostDisksSource>();
        services.TryAddSingleton<TenantDisks>();
        services.TryAddSingleton<ITenantDisks>(provider => provider.GetRequiredService<TenantDisks>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IEngineGuest, TenantDisks>(provider => provider.GetRequiredService<TenantDisks>()));
        services.Replace(ServiceDescriptor.Singleton<StorageTermsSource>(provider => () => provider.GetRequiredService<TenantDisks>().Terms));
        services.TryAddSingleton<DiskMetrics>();
        services.TryAddSingleton<DiskWatch>();
        services.TryAddSingleton<RestartTracker>();
        services.TryAddSingleton(HealthCheckBounds.Default);
        services.TryAddSingleton<HealthDamper>();
        services.TryAddSingleton<PlanRunner>();
        services.TryAddSingleton<LeaseActuators>();
        services.TryAddSingleton<ReconcileMetrics>();
        services.TryAddSingleton<Reconciler>();
        services.TryAddSingleton<IWorkloads>(provider => provider.GetRequiredService<Reconciler>());
        services.TryAddSingleton<ManifestDeadline>();
        services.TryAddSingleton<IManifestDeadline>(provider => provider.GetRequiredService<ManifestDeadline>());
        services.TryAddSingleton<IManifestIntake, ManifestIntake>();
        services.TryAddSingleton<IWorkloadLogs, WorkloadLogs>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IMarketEventHandler, LeaseKeeper>(provider => provider.GetRequiredService<LeaseKeeper>()));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, LeaseKeeper>(provider => provider.GetRequiredService<LeaseKeeper>()));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, ManifestDeadline>(provider => provider.GetRequiredService<ManifestDeadline>()));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, Reconciler>(provider => provider.GetRequiredService<Reconciler>()));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, EngineEventWatcher>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, GpuWatch>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, DiskWatch>(provider => provider.GetRequiredService<DiskWatch>()));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, GuardWatch>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, ImageWarmer>(provider => provider.GetRequiredService<ImageWarmer>()));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, ImageCollector>(provider => provider.GetRequiredService<ImageCollector>()));
        services.AddHealthChecks()
            .AddCheck<LeaseKeeper>("lease sweep", tags: ["live"])
            .AddCheck<Reconciler>("container reconcile", tags: ["live"])
            .AddCheck<IngressKeeper>("host names", tags: ["live"])
            .AddCheck<DiskWatch>("tenants' disks");
        return services;
    }

    internal static void AddIngress(this IServiceCollection services)
    {
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<IngressOptions>, IngressOptionsValidator>());
        services.TryAddSingleton<IngressMetrics>();
        services.TryAddSingleton<HostNameBook>();
        services.TryAddSingleton<HostNameClaims>();
        services.TryAddSingleton<AcmeStore>();
        services.TryAddSingleton<SelfMadeAuthority>();
        services.TryAddSingleton<CertificateShelf>();
        services.TryAddSingleton<LegoCommand>();
        services.TryAddSingleton<DnsResolver>();
        services.TryAddSingleton<NginxDriver>();
        services.TryAddSingleton<NoIngress>();
        services.TryAddSingleton<IIngress>(provider => provider.GetRequiredService<IOptions<IngressOptions>>().Value.Mode == IngressMode.None
            ? provider.GetRequiredService<NoIngress>()
            : provider.GetRequiredService<NginxDriver>());
        services.TryAddSingleton<IngressKeeper>();
        services.TryAddSingleton<IIngressView>(provider => provider.GetRequiredService<IngressKeeper>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, IngressKeeper>(provider => provider.GetRequiredService<IngressKeeper>()));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, OwnershipProver>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, AcmeKeeper>());
    }
}
