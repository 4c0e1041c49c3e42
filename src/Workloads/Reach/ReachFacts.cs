using System.Net;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Workloads;

/// <summary>What is known of the router.</summary>
/// <param name="Protocol">How it answers; null when it does not.</param>
/// <param name="Outside">Its address on the other side; null when it does not say.</param>
/// <param name="Problem">Why it does not answer; null when it does.</param>
public sealed record RouterFacts(string? Protocol, IPAddress? Outside, string? Problem);

/// <summary>Whether a name leads to this host.</summary>
public enum NameStage
{
    /// <summary>It does.</summary>
    Here,

    /// <summary>To this host's address in its own network, as seen from here; others see what the public DNS says.</summary>
    Inside,

    /// <summary>Somewhere else.</summary>
    Elsewhere,

    /// <summary>It has no address.</summary>
    Missing,

    /// <summary>Its address is known, but not the one that this host is seen under.</summary>
    Untold,

    /// <summary>The DNS does not answer.</summary>
    Unknown,
}

/// <summary>A name under which this host is to be reached.</summary>
/// <param name="Name">As tenants use it; <c>*.</c> before the ingress domain.</param>
/// <param name="Lookup">What it leads to.</param>
/// <param name="UnknownLooks">Looks in a row that gave no answer.</param>
internal sealed record NameFacts(string Name, NameLookup Lookup, int UnknownLooks);

/// <summary>A change of the address that others see this host under.</summary>
public sealed record AddressChange(IPAddress From, IPAddress To, DateTimeOffset At);

/// <summary>All that is known of the way to this host.</summary>
internal sealed record ReachFacts
{
    public required HostNetwork Network { get; init; }

    /// <summary>Null when no router is to be asked.</summary>
    public RouterFacts? Router { get; init; }

    /// <summary>Host part of the provider's public address: a name or an address.</summary>
    public required string Host { get; init; }

    public ValueList<NameFacts> Names { get; init; }

    public ValueList<PortState> Ports { get; init; }

    /// <summary>Seen lately, and not followed by all names yet.</summary>
    public AddressChange? Change { get; init; }

    /// <summary>The address that the internet sees this host under; null when it is not known.</summary>
    public IPAddress? SeenAs => SeenUnder(Network, Router);

    /// <summary>The router's outside address or else the own one, when it is public.</summary>
    public static IPAddress? SeenUnder(HostNetwork network, RouterFacts? router) =>
        router?.Outside is { } outside ? (AddressKinds.Of(outside) == AddressKind.Public ? outside : null)
        : network.Local is { } local && AddressKinds.Of(local) == AddressKind.Public ? local
        : null;

    /// <summary>
    /// True when many customers of an access provider share one address, or two routers stand in a row: no mapping on the own router helps. A router that has no
    /// address to tell counts too: many say nothing rather than a private one.
    /// </summary>
    public bool IsBehindAnother => Router switch
    {
        { Outside: { } outside } => AddressKinds.Of(outside) != AddressKind.Public,
        { Problem: null } => true,
        _ => Network.Local is { } local && AddressKinds.Of(local) == AddressKind.CarrierGrade,
    };

}

/// <summary>A name, and whether it leads here.</summary>
/// <param name="Name">As tenants use it.</param>
/// <param name="Stage">Whether it leads here.</param>
/// <param name="Addresses">What it leads to.</param>
/// <param name="Detail">What to do about it; null when all is well.</param>
public sealed record NameState(string Name, NameStage Stage, ValueList<IPAddress> Addresses, string? Detail);
