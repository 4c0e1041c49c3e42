using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using ProviderAgent.Adapters;
using ProviderAgent.Bidding;
using ProviderAgent.Chain;
using ProviderAgent.Chain.Sending;
using ProviderAgent.Config;
using ProviderAgent.Gateway;
using ProviderAgent.Hosting.Systemd;
using ProviderAgent.Inventory;
using ProviderAgent.Ledger;
using ProviderAgent.Market;
using ProviderAgent.Marketplace;
using ProviderAgent.Metering;
using ProviderAgent.Operator;
using ProviderAgent.Operator.Metrics;
using ProviderAgent.Workloads;

namespace ProviderAgent.Hosting;

/// <summary>Puts the rooms together. The order of the hosted services is the order in which they start; they stop in the reverse order.</summary>
internal static class AgentServices
{
    /// <summary>What every command needs that acts as the provider: configuration, ledger, chain.</summary>
    public static IServiceCollection AddAgentCore(this IServiceCollection services, AgentOptions options)
    {
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton(new ConfigStore(options));
        services.AddAgentSections();
        services.AddLedger();
        services.AddSingleton<ITransactionOutbox, TransactionOutbox>();
        services.AddSingleton<ISpendingLimits, OperatorLimits>();
        services.AddChain();
        services.AddSingleton<GatewayCertificate>();
        services.TryAddSingleton<DetectedAttributes>(() => null);
        services.AddSingleton<MarketActs>();
        return services;
    }

    /// <summary>The whole daemon.</summary>
    public static IServiceCollection AddAgent(this IServiceCollection services, AgentOptions options, ConfigSources sources)
    {
        services.AddSingleton(sources);
        services.AddSingleton<ConfigLoader>();
        services.AddSingleton<SystemdNotifier>();
        services.AddSingleton<EngineDataFolderCache>();
        services.AddSingleton<EngineDataFolder>(provider => () => provider.GetRequiredService<EngineDataFolderCache>().Path);
        services.AddHostedService<Startup>();
        services.AddSingleton<OperatorReader>();
        services.AddSingleton<InventoryReader>();
        services.AddSingleton<PrometheusExporter>();
        services.AddSingleton<ISampleSource, UsageSamples>();
        services.AddHostedService<OperatorServer>();
        services.AddSingleton<DetectedAttributes>(provider => provider.GetRequiredService<InventoryReader>().DetectedAttributes);
        services.AddAgentCore(options);
        services.AddInventoryWithPorts();
        services.AddWorkloadsWithPorts();
        services.AddBiddingWithPorts();
        services.AddMeteringWithPorts();
        services.AddGatewayWithPorts();
        services.AddSingleton<MarketEventPump>();
        services.AddHostedService(provider => provider.GetRequiredService<MarketEventPump>());
        services.AddSingleton<MarketPresence>();
        services.AddHostedService(provider => provider.GetRequiredService<MarketPresence>());
        services.AddSingleton<ISampleSource>(provider => provider.GetRequiredService<MarketPresence>());
        services.AddHostedService<ConfigReload>();
        services.AddHostedService<Watchdog>();
        services.AddHealthChecks()
            .AddCheck<MarketEventPump>("market events", tags: [Watchdog.LiveTag])
            .AddCheck<ReadinessChecks>("provider", tags: [ReadinessChecks.ReadyTag]);
        return services;
    }

    private static void AddInventoryWithPorts(this IServiceCollection services)
    {
        services.AddSingleton<IGpuStore, GpuStores>();
        services.AddSingleton<TenantProcesses>();
        // Asked for only when it is used: the workloads need the GPUs, and the GPUs need to know the workloads' processes.
        services.AddSingleton<TenantProcess>(provider => pid => provider.GetRequiredService<TenantProcesses>().IsTenant(pid));
        services.AddSingleton(ProbeCommandOfThisProgram());
        services.AddInventory();
    }

    /// <summary>This program again, also where the runtime's launcher runs it.</summary>
    private static ProbeCommand ProbeCommandOfThisProgram() => Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) != "dotnet"
        ? new(path, ProbeCommand.Verb)
        : new(Environment.ProcessPath ?? "dotnet", [Path.Combine(AppContext.BaseDirectory, "provider-agent.dll"), .. ProbeCommand.Verb]);

    private static void AddWorkloadsWithPorts(this IServiceCollection services)
    {
        services.AddSingleton<ManifestSeal>();
        services.AddSingleton<WorkloadStores>();
        services.AddSingleton<ILeaseStore>(provider => provider.GetRequiredService<WorkloadStores>());
        services.AddSingleton<IManifestStore>(provider => provider.GetRequiredService<WorkloadStores>());
        services.AddSingleton<ISignalStore, WorkloadSignals>();
        services.AddSingleton<IPortStore>(provider => provider.GetRequiredService<WorkloadStores>());
        services.AddSingleton<IHostNameStore>(provider => provider.GetRequiredService<WorkloadStores>());
        services.AddSingleton(provider => new IngressFolder(Path.Combine(Path.GetFullPath(provider.GetRequiredService<IOptions<StateOptions>>().Value.Directory), "ingress")));
        services.AddSingleton<IPublicHostName, PublicHostName>();
        services.AddSingleton<ILeaseEnding>(provider => new LastSample(new(provider.GetRequiredService<UsageSampler>)));
        services.AddSingleton<IGatewayDoor, GatewayDoor>();
        services.AddWorkloads();
        services.AddReach();
    }

    private static void AddBiddingWithPorts(this IServiceCollection services)
    {
        services.AddSingleton<BiddingStores>();
        services.AddSingleton<IBidJournal>(provider => provider.GetRequiredService<BiddingStores>());
        services.AddSingleton<IDecisionLog>(provider => provider.GetRequiredService<BiddingStores>());
        services.AddSingleton<IOrderLog, OrderLog>();
        services.AddSingleton<IListArchive, ListArchive>();
        services.AddSingleton<ICoinPriceOracle, MarketCoinPrice>();
        services.AddBidding();
    }

    private static void AddMeteringWithPorts(this IServiceCollection services)
    {
        services.AddSingleton<IMeteredContainers, MeteredContainers>();
        services.AddSingleton<IUsageLog, UsageLog>();
        services.AddSingleton<ISettlementLog, SettlementLog>();
        services.AddMetering();
    }

    private static void AddGatewayWithPorts(this IServiceCollection services)
    {
        services.AddSingleton<IGatewayCertificate>(provider => provider.GetRequiredService<GatewayCertificate>());
        services.AddSingleton<ISignatureVerifier, SignatureVerifier>();
        services.AddSingleton<IAccountFormat, AccountFormat>();
        services.AddSingleton<ILeaseDirectory, LeaseDirectory>();
        services.AddSingleton<IManifestInbox, ManifestInbox>();
        services.AddSingleton<ILeaseLogs, LeaseLogsSource>();
        services.AddSingleton<IProviderStatus, ProviderStatusSource>();
        services.AddSingleton<IHostNameDesk, HostNameDesk>();
        services.AddSingleton<IKeyArchive, KeyArchive>();
        services.AddGateway();
    }
}
