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
            provider.GetRequiredService<TimeProvider>()));
        services.TryAddSingleton(provider =>
        {
            var metrics = provider.GetRequiredService<InventoryMetrics>();
            var book = ActivatorUtilities.CreateInstance<ReservationBook>(provider);
            metrics.Observe(book);
            return book;
        });
        services.TryAddSingleton<IReservationBook>(provider => provider.GetRequiredService<ReservationBook>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, HostMonitor>());
        return services;
    }
}
