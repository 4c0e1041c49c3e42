using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace ProviderAgent.Gateway;

/// <summary>Registration of this room.</summary>
public static class GatewayServices
{
    /// <summary>Adds the tenant gateway.</summary>
    /// <remarks>
    /// Needs an <c>IMarketplace</c> and the ports <see cref="IGatewayCertificate"/>, <see cref="ISignatureVerifier"/>, <see cref="IAccountFormat"/>,
    /// <see cref="ILeaseDirectory"/>, <see cref="IManifestInbox"/>, <see cref="ILeaseLogs"/> and <see cref="IProviderStatus"/>; and, to let tenants
    /// in while the market is down after a restart, an <see cref="IKeyArchive"/>.
    /// </remarks>
    public static IServiceCollection AddGateway(this IServiceCollection services)
    {
        services.AddLogging();
        services.AddMetrics();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<GatewayOptions>, GatewayOptionsValidator>());
        services.AddOptions<GatewayOptions>().ValidateOnStart();
        services.TryAddSingleton<GatewayMetrics>();
        services.TryAddSingleton<GatewayLifetime>();
        services.TryAddSingleton<ClaimsReader>();
        services.TryAddSingleton<IKeyArchive, NoKeyArchive>();
        services.TryAddSingleton<AccountKeys>();
        services.TryAddSingleton<Authenticator>();
        services.TryAddSingleton<MarketDeployments>();
        services.TryAddSingleton<DeploymentLocks>();
        services.TryAddSingleton<ManifestReceiver>();
        services.TryAddSingleton(provider => new UploadSlots(Limits(provider).Uploads, Limits(provider).UploadsPerTenant));
        services.TryAddSingleton(provider => new StreamSlots(Limits(provider).Streams, Limits(provider).StreamsPerLease, provider.GetRequiredService<GatewayMetrics>()));
        services.TryAddSingleton<LogStream>();
        AddRoutes(services);
        services.TryAddSingleton<RouteTable>();
        services.TryAddSingleton<FrontDoor>();
        services.TryAddSingleton<GatewayServer>();
        services.TryAddSingleton<IGatewayListener>(provider => provider.GetRequiredService<GatewayServer>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, GatewayServer>(provider => provider.GetRequiredService<GatewayServer>()));
        return services;
    }

    private static void AddRoutes(IServiceCollection services) => services.TryAddEnumerable(
    [
        ServiceDescriptor.Singleton<IRoute, VersionRoute>(),
        ServiceDescriptor.Singleton<IRoute, AddressRoute>(),
        ServiceDescriptor.Singleton<IRoute, ProviderStatusRoute>(),
        ServiceDescriptor.Singleton<IRoute, SendManifestRoute>(),
        ServiceDescriptor.Singleton<IRoute, GetManifestRoute>(),
        ServiceDescriptor.Singleton<IRoute, LeaseStatusRoute>(),
        ServiceDescriptor.Singleton<IRoute, ServiceStatusRoute>(),
        ServiceDescriptor.Singleton<IRoute, LogsRoute>(),
        ServiceDescriptor.Singleton<IRoute, MigrateHostNamesRoute>(),
    ]);

    private static GatewayLimits Limits(IServiceProvider provider) => provider.GetRequiredService<IOptions<GatewayOptions>>().Value.Limits;
}
