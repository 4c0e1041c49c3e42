using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using ProviderAgent.Chain.Endpoints;
using ProviderAgent.Chain.Following;
using ProviderAgent.Chain.Keys;
using ProviderAgent.Chain.Queries;
using ProviderAgent.Chain.Sending;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Chain;

/// <summary>Puts this room together.</summary>
public static class ChainServiceCollectionExtensions
{
    /// <summary>Adds <see cref="IMarketplace"/> on today's chain.</summary>
    /// <remarks>
    /// The caller configures <see cref="ChainOptions"/> and registers an <see cref="ITransactionOutbox"/>. The key is read when the
    /// marketplace is first asked for; a key that cannot be read throws <see cref="KeyException"/> there.
    /// </remarks>
    public static IServiceCollection AddChain(this IServiceCollection services)
    {
        services.AddMetrics();
        services.AddOptions<ChainOptions>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<ChainOptions>, ChainOptionsValidator>());
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<IJitter, Jitter>();
        services.TryAddSingleton<IEndpointHandlerFactory, EndpointHandlerFactory>();
        services.TryAddSingleton(provider => SignerLoader.Load(provider.GetRequiredService<IOptions<ChainOptions>>().Value.Key, provider.GetRequiredService<TimeProvider>()));

        services.TryAddSingleton<ChainMetrics>();
        services.TryAddSingleton<EndpointPool>();
        services.TryAddSingleton<AbciReader>();
        services.TryAddSingleton<Agreement>();
        services.TryAddSingleton<ChainQueries>();
        services.TryAddSingleton(provider =>
            new Capabilities(provider.GetRequiredService<ChainQueries>(), provider.GetRequiredService<EndpointPool>(), provider.GetRequiredService<TimeProvider>()));

        services.TryAddSingleton<TickMeter>();
        services.TryAddSingleton<HeadSubscriber>();
        services.TryAddSingleton<HeadWatcher>();
        services.TryAddSingleton<BlockReader>();
        services.TryAddSingleton<BlockFollower>();

        services.TryAddSingleton<SenderState>();
        services.TryAddSingleton<SigningAccount>();
        services.TryAddSingleton<FeePolicy>();
        services.TryAddSingleton(provider =>
            new RefusalInquiry(
                provider.GetRequiredService<ChainQueries>(), provider.GetRequiredService<IMarketConversions>(), provider.GetRequiredService<ISigner>().Address, provider.GetRequiredService<IOptions<ChainOptions>>(), provider.GetRequiredService<TimeProvider>()));

        services.TryAddSingleton<ISpendingLimits, NoLimits>();
        services.TryAddSingleton<SpendingBudget>();
        services.TryAddSingleton<ISpendingMeter>(provider => provider.GetRequiredService<SpendingBudget>());
        services.TryAddSingleton<FailureBrake>();
        services.TryAddSingleton<UnorderedDeadlines>();
        services.TryAddSingleton<OutcomeSettler>();
        services.TryAddSingleton<BatchSender>();
        services.TryAddSingleton<InclusionProver>();
        services.TryAddSingleton<OutboxReader>();
        services.TryAddSingleton<TxSender>();
        services.TryAddSingleton<IMarketplace, ChainMarketplace>();
        services.TryAddSingleton<IMarketConversions, ChainConversions>();

        // The same instances that the marketplace uses; as themselves, so that the host notices when one of them fails.
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, HeadWatcher>(provider => provider.GetRequiredService<HeadWatcher>()));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, TxSender>(provider => provider.GetRequiredService<TxSender>()));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, ChainGauges>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IConfigureOptions<HealthCheckServiceOptions>, LivenessChecks>());
        return services;
    }

    private sealed class NoLimits : ISpendingLimits
    {
        public SpendingLimits Current { get; } = new();
    }

    /// <summary>The checks behind the watchdog; the same however often the room is added.</summary>
    private sealed class LivenessChecks : IConfigureOptions<HealthCheckServiceOptions>
    {
        public void Configure(HealthCheckServiceOptions options)
        {
            options.Registrations.Add(new("latest block", provider => provider.GetRequiredService<HeadWatcher>(), failureStatus: null, ["live"]));
            options.Registrations.Add(new("block follower", provider => provider.GetRequiredService<BlockFollower>(), failureStatus: null, ["live"]));
            options.Registrations.Add(new("transaction sender", provider => provider.GetRequiredService<TxSender>(), failureStatus: null, ["live"]));
        }
    }
}
