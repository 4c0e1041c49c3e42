using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace ProviderAgent.Devnet.Hosting;

public static class DevnetRegistration
{
    /// <summary>Adds a local chain that runs with the host; its options are <see cref="DevnetOptions"/>.</summary>
    public static IServiceCollection AddDevnet(this IServiceCollection services)
    {
        services.AddOptions<DevnetOptions>();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<DevnetOptions>, DevnetOptionsValidator>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, DevnetService>());
        return services;
    }
}
