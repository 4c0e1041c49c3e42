using System.Net;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Workloads;

/// <summary>Makes a service answer its siblings on the ports that its manifest names.</summary>
public interface IPortMapper
{
    /// <summary>Puts the mapping in place, in one step and whatever was there before.</summary>
    /// <exception cref="ArgumentException">Something in it is not as it must be.</exception>
    /// <exception cref="NetworkGuardException">It could not be put in place, or the process is not the container's.</exception>
    Task MapAsync(ContainerPortMap map, CancellationToken ct);
}

/// <param name="ContainerId">64 lower-case hex digits.</param>
/// <param name="Pid">The container's main process on this host.</param>
/// <param name="Subnet">The lease's subnet: only its siblings see the mapping.</param>
/// <param name="Gateway">This host's address in it. What comes from there was meant for the container's own port.</param>
/// <param name="Ports">What leads where.</param>
public sealed record ContainerPortMap(string ContainerId, int Pid, IPNetwork Subnet, IPAddress Gateway, ValueList<PortAlias> Ports);
