using System.Net;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Workloads;

/// <summary>The way to this host as it was when it was last looked at.</summary>
/// <param name="LookedAt">When; null before the first time.</param>
/// <param name="Network">This host in its own network; null when that is not known.</param>
/// <param name="Router">Null when no router is to be asked.</param>
/// <param name="SeenAs">The address that the internet sees this host under; null when it is not known.</param>
/// <param name="IsBehindAnother">Carrier-grade NAT or a second router stands before this host's own one.</param>
/// <param name="Names">Names under which it is to be reached.</param>
/// <param name="Ports">Ports that the router is asked for.</param>
/// <param name="Findings">What follows, with the fix.</param>
public sealed record ReachSnapshot(
    DateTimeOffset? LookedAt,
    HostNetwork? Network,
    RouterFacts? Router,
    IPAddress? SeenAs,
    bool IsBehindAnother,
    ValueList<NameState> Names,
    ValueList<PortState> Ports,
    ValueList<HostFinding> Findings)
{
    public static ReachSnapshot Empty { get; } = new(null, null, null, null, IsBehindAnother: false, [], [], []);

    /// <summary>Findings that a person should act on.</summary>
    public IEnumerable<HostFinding> Problems => Findings.Where(finding => finding.Grade >= HostFindingGrade.Warns);
}

/// <summary>What is known of the way to this host. Reading never waits.</summary>
public interface IReachView
{
    ReachSnapshot Snapshot { get; }
}
