using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace ProviderAgent.Workloads;

/// <summary>Picks who drives the firewall: the host helper when it listens, else this process.</summary>
internal static class GuardSelection
{
    public static INetworkGuard Choose(IServiceProvider provider) => Helper(provider) is { } helper
        ? new HostHelperGuard(helper)
        : new NftGuard(provider.GetRequiredService<NftCommand>(), provider.GetRequiredService<TimeProvider>());

    public static IPortMapper ChooseMapper(IServiceProvider provider) => Helper(provider) is { } helper
        ? new HostHelperPortMapper(helper)
        : new NftPortMapper(provider.GetRequiredService<TimeProvider>());

    private static HostHelperClient? Helper(IServiceProvider provider)
    {
        var socket = provider.GetRequiredService<IOptions<WorkloadOptions>>().Value.Network.HelperSocket;
        return File.Exists(socket) ? new(socket, provider.GetRequiredService<TimeProvider>()) : null;
    }
}
