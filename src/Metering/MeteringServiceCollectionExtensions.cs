using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace ProviderAgent.Metering;

/// <summary>Registration of this room.</summary>
public static class MeteringServiceCollectionExtensions
{
    /// <summary>Adds sampling, settlement and the report on earnings. Needs <see cref="IMarketplace"/>, <see cref="IMarketConversions"/> and this room's ports from elsewhere.</summary>
    public static IServiceCollection AddMetering(this IServiceCollection services)
    {
        services.AddMetrics();
        services.AddOptions<MeteringOptions>();
        services.AddOptions<TreasuryOptions>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<MeteringOptions>, MeteringOptionsValidator>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<TreasuryOptions>, TreasuryOptionsValidator>());
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(provider => new MeteringMetrics(provider.GetRequiredService<IMeterFactory>()));
        services.TryAddSingleton(provider => new UsageSampler(
            provider.GetRequiredService<IMeteredContainers>(),
            provider.GetRequiredService<IUsageLog>(),
            new CgroupReader(),
            provider.GetRequiredService<IOptionsMonitor<MeteringOptions>>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<MeteringMetrics>(),
            provider.GetRequiredService<ILogger<UsageSampler>>()));
        services.TryAddSingleton(provider => new Treasurer(
            provider.GetRequiredService<IMarketplace>(),
            provider.GetRequiredService<ISettlementLog>(),
            provider.GetRequiredService<IOptionsMonitor<TreasuryOptions>>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<MeteringMetrics>(),
            provider.GetRequiredService<ILogger<Treasurer>>()));
        services.TryAddSingleton(provider => new FeeFloat(
            provider.GetRequiredService<IMarketplace>(),
            provider.GetRequiredService<IMarketConversions>(),
            provider.GetRequiredService<IOptionsMonitor<TreasuryOptions>>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<MeteringMetrics>(),
            provider.GetRequiredService<ILogger<FeeFloat>>()));
        services.TryAddSingleton<EarningsReader>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IMarketEventHandler, Treasurer>(provider => provider.GetRequiredService<Treasurer>()));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, UsageSampler>(provider => provider.GetRequiredService<UsageSampler>()));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, UsageRetention>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, Treasurer>(provider => provider.GetRequiredService<Treasurer>()));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, FeeFloat>(provider => provider.GetRequiredService<FeeFloat>()));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IConfigureOptions<HealthCheckServiceOptions>, LivenessChecks>());
        return services;
    }

    /// <summary>The checks behind the watchdog; the same however often the room is added.</summary>
    private sealed class LivenessChecks : IConfigureOptions<HealthCheckServiceOptions>
    {
        public void Configure(HealthCheckServiceOptions options)
        {
            options.Registrations.Add(new("usage sampling", provider => provider.GetRequiredService<UsageSampler>(), failureStatus: null, ["live"]));
            options.Registrations.Add(new("treasury", provider => provider.GetRequiredService<Treasurer>(), failureStatus: null, ["live"]));
        }
    }
}
