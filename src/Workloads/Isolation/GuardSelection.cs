using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace ProviderAgent.Workloads;

/// <summary>Picks who drives the firewall: the host helper when it listens, else this process.</summary>
internal static class GuardSelection
{
    public static INetworkGuard Choose(IServiceProvider provider)
    {
        var time = provider.GetRequiredService<TimeProvider>();
        var socket = provider.GetRequiredService<IOptions<WorkloadOptions>>().Value.Network.HelperSocket;
        return File.Exists(socket) ? new HostHelperGuard(new(socket, time)) : new NftGuard(provider.GetRequiredService<NftCommand>(), time);
    }
}
