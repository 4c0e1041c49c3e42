using System.Net;
using Microsoft.Extensions.Options;
using ProviderAgent.Config;
using ProviderAgent.Gateway;
using ProviderAgent.Workloads;

namespace ProviderAgent.Adapters;

/// <summary>Where tenants reach the gateway, by its public address and its listener.</summary>
internal sealed class GatewayDoor(IOptionsMonitor<ProviderOptions> provider, IOptionsMonitor<GatewayOptions> gateway) : IGatewayDoor
{
    public int PublicPort => provider.CurrentValue.HostUri?.Port ?? 0;

    public IPEndPoint? Listener => PublicPort > 0 && IPEndPoint.TryParse(gateway.CurrentValue.Rest, out var listener) && listener.Port > 0 ? listener : null;
}
