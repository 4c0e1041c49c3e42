using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace ProviderAgent.Workloads;

/// <summary>Registration of the watch over the way to this host.</summary>
public static class ReachServices
{
    /// <summary>Adds it to what <see cref="WorkloadServices.AddWorkloads"/> adds. Needs <see cref="IGatewayDoor"/> and <see cref="IPublicHostName"/>.</summary>
    public static IServiceCollection AddReach(this IServiceCollection services)
    {
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<ReachOptions>, ReachOptionsValidator>());
        services.TryAddSingleton<IHostNetworkReader, HostNetworkReader>();
        services.TryAddSingleton<RouterCommand>();
        services.TryAddSingleton<ReachableRouter>();
        services.TryAddSingleton<NameLookups>();
        services.TryAddSingleton<ReachProbe>();
        services.TryAddSingleton<MappingKeeper>();
        services.TryAddSingleton<ReachMetrics>();
        services.TryAddSingleton<ReachWatch>();
        services.TryAddSingleton<IReachView>(provider => provider.GetRequiredService<ReachWatch>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, ReachWatch>(provider => provider.GetRequiredService<ReachWatch>()));
        services.AddHealthChecks().AddCheck<ReachWatch>("reach");
        return services;
    }
}
