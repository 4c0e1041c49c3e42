using System.Net;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Workloads;

/// <summary>A mapping as a router lists it. Its words are anybody's.</summary>
/// <param name="OutsidePort">Port of the router.</param>
/// <param name="Protocol">TCP or UDP.</param>
/// <param name="Target">Where it leads.</param>
/// <param name="Description">Printable, and cut to a bearable length.</param>
internal sealed record RouterEntry(int OutsidePort, PortProtocol Protocol, IPEndPoint Target, string Description);

/// <summary>What a router says of itself.</summary>
/// <param name="Protocol">How it was asked: <c>upnp</c> or <c>nat_pmp</c>.</param>
/// <param name="Outside">Its address on the other side; null when it does not say.</param>
/// <param name="Entries">Its mappings; empty where the protocol cannot list them.</param>
/// <param name="IsWhole">They are all that there are.</param>
/// <param name="WasRestarted">It has forgotten what it was asked before.</param>
internal sealed record RouterLook(string Protocol, IPAddress? Outside, ValueList<RouterEntry> Entries, bool IsWhole, bool WasRestarted);

/// <summary>What became of a wish for a mapping.</summary>
internal abstract record RouterGrant
{
    private RouterGrant()
    {
    }

    /// <param name="Lifetime">For how long; zero for ever.</param>
    public sealed record Given(TimeSpan Lifetime) : RouterGrant;

    /// <param name="Why">For people.</param>
    /// <param name="IsTaken">Another host has the port.</param>
    public sealed record Refused(string Why, bool IsTaken) : RouterGrant;
}

/// <summary>A router that lets itself be asked for mappings.</summary>
internal interface IRouter
{
    /// <summary>As the configuration spells it.</summary>
    string Protocol { get; }

    /// <summary>Asks for its address and its mappings.</summary>
    /// <exception cref="RouterException">It does not answer.</exception>
    Task<RouterLook> LookAsync(HostNetwork network, CancellationToken ct);

    /// <summary>Asks for a mapping, or for more time for one.</summary>
    /// <exception cref="RouterException">It does not answer; whether there is one now is not known.</exception>
    Task<RouterGrant> MapAsync(HostNetwork network, int outsidePort, PortProtocol protocol, IPEndPoint target, TimeSpan lifetime, CancellationToken ct);

    /// <summary>Gives a mapping of ours up.</summary>
    /// <exception cref="RouterException">It does not answer, or refuses.</exception>
    Task UnmapAsync(HostNetwork network, int outsidePort, PortProtocol protocol, IPEndPoint target, CancellationToken ct);
}
