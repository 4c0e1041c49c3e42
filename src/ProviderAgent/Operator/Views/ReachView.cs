namespace ProviderAgent.Operator.Views;

/// <summary>The way to this host as it was last looked at.</summary>
/// <param name="LookedAt">When; null before the first time.</param>
/// <param name="Local">Its address on the default route; null when it has none.</param>
/// <param name="Router">Null when none is to be asked (<c>reach.router</c>).</param>
/// <param name="SeenAs">The address that the internet sees it under; null when that is not known.</param>
/// <param name="Names">Names under which it is to be reached.</param>
/// <param name="Ports">Ports that the router is asked for.</param>
/// <param name="Findings">What follows, with the fix.</param>
public sealed record ReachView(
    DateTimeOffset? LookedAt,
    AddressView? Local,
    RouterView? Router,
    string? SeenAs,
    IReadOnlyList<NameRow> Names,
    IReadOnlyList<MappingRow> Ports,
    IReadOnlyList<FindingRow> Findings);

/// <param name="Address">The address.</param>
/// <param name="Kind">public, private, carrier_grade, link_local, loopback or unusable.</param>
public sealed record AddressView(string Address, string Kind);

/// <param name="Protocol">How it answers: upnp or nat_pmp; null when it does not.</param>
/// <param name="Outside">Its own outside address; null when it does not say.</param>
/// <param name="Problem">Why it does not answer; null when it does.</param>
public sealed record RouterView(string? Protocol, AddressView? Outside, string? Problem);

/// <param name="Name">As tenants use it.</param>
/// <param name="State">here, inside, elsewhere, missing, untold or unknown.</param>
/// <param name="Addresses">What it leads to.</param>
/// <param name="Detail">What to do about it; null when all is well.</param>
public sealed record NameRow(string Name, string State, IReadOnlyList<string> Addresses, string? Detail);

/// <param name="Port">Port of the router.</param>
/// <param name="Protocol">tcp or udp.</param>
/// <param name="Purpose">Whose it is.</param>
/// <param name="State">mapped, foreign (mapped by somebody else), taken, refused or waiting.</param>
/// <param name="Detail">Why it is not mapped; null when it is.</param>
/// <param name="Until">When the mapping ends unless it is renewed.</param>
public sealed record MappingRow(int Port, string Protocol, string Purpose, string State, string? Detail, DateTimeOffset? Until);

/// <param name="Name">What was looked at.</param>
/// <param name="Finding">good, info, warning or blocks.</param>
/// <param name="Detail">What was found, and the fix.</param>
public sealed record FindingRow(string Name, string Finding, string Detail);
