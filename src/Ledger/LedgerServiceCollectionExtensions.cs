using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace ProviderAgent.Ledger;

/// <summary>Registration of this room.</summary>
public static class LedgerServiceCollectionExtensions
{
    /// <summary>Adds the ledger and its stores. The ledger is opened when first asked for, and throws <see cref="LedgerException"/> then.</summary>
    public static IServiceCollection AddLedger(this IServiceCollection services)
    {
        services.AddOptions<StateOptions>();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<StateOptions>, StateOptionsValidator>());
        services.TryAddSingleton(provider => LedgerDatabase.Open(
            provider.GetRequiredService<IOptions<StateOptions>>().Value.Directory,
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<LedgerDatabase>>()));
        AddStore(services, ledger => ledger.Cursors);
        AddStore(services, ledger => ledger.Intents);
        AddStore(services, ledger => ledger.Transactions);
        AddStore(services, ledger => ledger.Decisions);
        AddStore(services, ledger => ledger.SeenOrders);
        AddStore(services, ledger => ledger.Leases);
        AddStore(services, ledger => ledger.Manifests);
        AddStore(services, ledger => ledger.Ports);
        AddStore(services, ledger => ledger.Gpus);
        AddStore(services, ledger => ledger.Signals);
        AddStore(services, ledger => ledger.AccountKeys);
        AddStore(services, ledger => ledger.HostNames);
        AddStore(services, ledger => ledger.Usage);
        AddStore(services, ledger => ledger.Settlements);
        AddStore(services, ledger => ledger.Quarantine);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, LedgerMaintenance>());
        return services;
    }

    private static void AddStore<TStore>(IServiceCollection services, Func<LedgerDatabase, TStore> store)
        where TStore : class =>
        services.TryAddSingleton(provider => store(provider.GetRequiredService<LedgerDatabase>()));
}
