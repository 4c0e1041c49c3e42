using System.Diagnostics.CodeAnalysis;
using ProviderAgent.Bidding;
using ProviderAgent.Chain;
using ProviderAgent.Docker;
using ProviderAgent.Gateway;
using ProviderAgent.Inventory;
using ProviderAgent.Ledger;
using ProviderAgent.Metering;
using ProviderAgent.Workloads;

namespace ProviderAgent.Config;

/// <summary>The classes that a configuration is bound to. What is named here keeps its members and its constructor in a trimmed build.</summary>
internal sealed class OptionTypes
{
    private readonly Dictionary<Type, Func<object>> _makers = [];

    /// <summary>All of <see cref="AgentOptions"/>: its sections, their sections, the items of their lists, and the lists themselves. A test finds what is missing.</summary>
    public static OptionTypes Agent { get; } = new OptionTypes()
        .Add<AgentOptions>()
        .Add<ProviderOptions>()
        .Add<OperatorOptions>()
        .Add<ChainOptions>().Add<ChainEndpointOptions>().Add<ChainGasOptions>().Add<ChainFailureOptions>().Add<ChainKeyOptions>()
        .Add<InventoryOptions>().Add<KeepOptions>().Add<KeepWindow>().Add<OvercommitOptions>().Add<StorageClassesOptions>().Add<GpuOptions>()
        .Add<BiddingOptions>().Add<BudgetOptions>().Add<ListOptions>()
        .Add<PricingOptions>().Add<RatesOptions>().Add<ScaleOptions>().Add<ScriptOptions>().Add<HttpHookOptions>()
        .Add<PriceRuleOptions>().Add<PriceConditionOptions>().Add<GuardOptions>().Add<EnergyOptions>().Add<EnergyScheduleOptions>()
        .Add<FollowOptions>().Add<FloorOptions>().Add<CoinPriceOptions>().Add<CoinPriceSourceOptions>()
        .Add<DockerOptions>().Add<DockerTlsOptions>().Add<DockerClientTimeouts>().Add<DockerClientLimits>()
        .Add<WorkloadOptions>().Add<ContainerLogOptions>().Add<WorkloadNetworkOptions>().Add<NetworkLimitOptions>().Add<NetworkSignalOptions>().Add<WorkloadGpuOptions>().Add<WorkloadImageOptions>().Add<WorkloadVolumeOptions>()
        .Add<IngressOptions>().Add<NginxOptions>().Add<IngressTlsOptions>().Add<AcmeOptions>()
        .Add<ReachOptions>()
        .Add<GatewayOptions>().Add<GatewayLimits>()
        .Add<MeteringOptions>()
        .Add<TreasuryOptions>().Add<WithdrawOptions>()
        .Add<StateOptions>()
        .Add<List<string>>().Add<List<int>>().Add<List<ChainEndpointOptions>>().Add<List<KeepWindow>>()
        .Add<List<ListOptions>>().Add<List<PriceRuleOptions>>().Add<List<EnergyScheduleOptions>>().Add<List<CoinPriceSourceOptions>>()
        .Add<Dictionary<string, string>>().Add<Dictionary<string, decimal>>();

    public OptionTypes Add<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicProperties)] T>()
        where T : class, new()
    {
        _makers.Add(typeof(T), static () => new T());
        return this;
    }

    public bool Has(Type type) => _makers.ContainsKey(type);

    /// <summary>A new object with every default.</summary>
    /// <exception cref="NotSupportedException">The type was never added; an option class without its line above.</exception>
    public object Create(Type type) =>
        _makers.TryGetValue(type, out var make) ? make() : throw new NotSupportedException($"{type} is missing in {nameof(OptionTypes)}");
}
