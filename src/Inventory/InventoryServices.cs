using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace ProviderAgent.Inventory;

/// <summary>Registration of this room.</summary>
public static class InventoryServices
{
    /// <summary>Adds the hardware probe, its timer and the reservation book. Needs a <see cref="TimeProvider"/> only if the system's is not wanted.</summary>
    /// <remarks>Register an <see cref="EngineDataFolder"/> before this to say where the engine keeps its data; otherwise it is taken to be <c>/var/lib/docker</c>.</remarks>
    public static IServiceCollection AddInventory(this IServiceCollection services)
    {
        services.AddMetrics();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<EngineDataFolder>(() => "/var/lib/docker");
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<InventoryOptions>, InventoryOptionsValidator>());
        services.AddOptions<InventoryOptions>().ValidateOnStart();
        services.TryAddSingleton<InventoryMetrics>();
        services.TryAddSingleton<IHostProbe>(provider => new HostProbe(
            new HostFiles(root: ""),
            provider.GetRequiredService<EngineDataFolder>(),
            DiskSpace.Of,
            provider.GetRequiredService<IOptionsMonitor<InventoryOptions>>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<StorageTermsSource>()));
        services.TryAddSingleton(provider =>
        {
            var metrics = provider.GetRequiredService<InventoryMetrics>();
            var book = ActivatorUtilities.CreateInstance<ReservationBook>(provider);
            metrics.Observe(book);
            return book;
        });
        services.TryAddSingleton<IHostReadiness, AlwaysReady>();
        services.TryAddSingleton<StorageTermsSource>(() => StorageTerms.Open);
        services.TryAddSingleton<GpuPassthroughProblem>(() => "nothing here gives GPUs to containers");
        services.TryAddSingleton<TenantProcess>(_ => false);
        services.TryAddSingleton(new ProbeCommand("provider-agent", ProbeCommand.Verb));
        services.TryAddSingleton<IGpuStore, TransientGpuStore>();
        services.TryAddSingleton<IProbeLauncher, ProbeLauncher>();
        services.TryAddSingleton(provider =>
        {
            var metrics = provider.GetRequiredService<InventoryMetrics>();
            var book = provider.GetRequiredService<ReservationBook>();
            var tracker = ActivatorUtilities.CreateInstance<GpuTracker>(provider, new ForeignUse(new HostFiles(root: ""), provider.GetRequiredService<TenantProcess>()), GpuNames.BuiltIn);
            metrics.Observe(tracker, book);
            return tracker;
        });
        services.TryAddSingleton<IGpuFindings>(provider => provider.GetRequiredService<GpuTracker>());
        services.TryAddSingleton<SelfTestRunner>();
        services.TryAddSingleton(new GpuPresence(new HostFiles(root: "")));
        services.TryAddSingleton<GpuProbeSupervisor>();
        services.TryAddSingleton<GpuKeeper>();
        services.TryAddSingleton<IGpuDesk>(provider => provider.GetRequiredService<GpuKeeper>());
        services.TryAddSingleton<IReservationBook>(provider => provider.GetRequiredService<ReservationBook>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, HostMonitor>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, GpuKeeper>(provider => provider.GetRequiredService<GpuKeeper>()));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, GpuProbeSupervisor>(provider => provider.GetRequiredService<GpuProbeSupervisor>()));
        return services;
    }
}
