using ProviderAgent.Bidding;
using ProviderAgent.Chain;
using ProviderAgent.Docker;
using ProviderAgent.Gateway;
using ProviderAgent.Inventory;
using ProviderAgent.Ledger;
using ProviderAgent.Metering;
using ProviderAgent.Workloads;

namespace ProviderAgent.Config;

/// <summary>Makes the loader with every room's checks, without starting any room.</summary>
internal static class ConfigLoaderFactory
{
    public static ConfigLoader Create()
    {
        var services = new ServiceCollection();
        services.AddChain();
        services.AddInventory();
        services.AddBidding();
        services.AddDocker();
        services.AddWorkloads();
        services.AddGateway();
        services.AddMetering();
        services.AddLedger();
        services.AddAgentSections();
        using var provider = services.BuildServiceProvider();
        return new ConfigLoader([.. provider.GetServices<SectionValidator>()]);
    }
}
