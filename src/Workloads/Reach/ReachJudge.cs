using System.Net;
using System.Net.Sockets;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Workloads;

/// <summary>Says what follows from what is known of the way to this host: findings with the fix. Nothing is stopped because of them.</summary>
internal static class ReachJudge
{
    // One lost packet is no outage.
    private const int LooksUntilTold = 2;

    /// <summary>The names, and all findings.</summary>
    public static (ValueList<NameState> Names, ValueList<HostFinding> Findings) Judge(ReachFacts facts)
    {
        if (Trial(facts.Host) is { } trial) return ([], [new("reach", HostFindingGrade.Tells, trial), .. Ports(facts)]);
        var names = facts.Names.Select(name => Judge(name, facts)).ToValueList();
        return (names, [Address(facts), .. facts.Names.Zip(names, (name, state) => Finding(name, state, facts.Change)), .. Ports(facts)]);
    }

    /// <summary>What a name is good for that the public DNS does not know; null for any other.</summary>
    private static string? Trial(string host) =>
        LocalNames.IsThisMachine(host) ? $"provider.host_uri is this machine itself ({(host.Length == 0 ? "none" : host)}): only programs on it reach the gateway, which is right for trials"
        : LocalNames.IsThisNetwork(host) ? $"provider.host_uri has the name {host}, which at most this network knows: right for trials; tenants elsewhere need a name in the public DNS"
        : null;

    private static HostFinding Address(ReachFacts facts)
    {
        const string name = "outside address";
        if (facts.Network.Local is not { } local)
        {
            return facts.Network.HasPublicIpv6
                ? new(name, HostFindingGrade.Tells, "this host has IPv6 only: tenants and visitors without it cannot come")
                : new(name, HostFindingGrade.Warns, "this host has no default route, so that nobody outside its network reaches it: check the network's settings ('ip route')");
        }

        var own = $"this host has {Named(local)}";
        if (facts.Router is { Problem: { } needless } && AddressKinds.Of(local) == AddressKind.Public)
            return new(name, HostFindingGrade.Tells, $"{own}, and {needless}. With a public address none is needed: set reach.router to none");
        if (facts.Router is { Problem: { } problem })
            return new(name, HostFindingGrade.Warns, $"{own}, and {problem}. Switch on UPnP or NAT-PMP in the router, or forward the ports by hand and set reach.router to none; see docs/guide/home.md");
        if (facts.Router is { Outside: null } silent)
        {
            return new(
                name,
                HostFindingGrade.Warns,
                $"the router answers ({silent.Protocol}), but has no address that it could tell: it is offline, or behind carrier-grade NAT or another router, where mappings do not help. {BehindFix}");
        }

        if (facts.Router is { Outside: { } outside })
        {
            return AddressKinds.Of(outside) switch
            {
                AddressKind.Public => new(name, HostFindingGrade.Good, $"seen as {outside}, as the router says; {own}"),
                AddressKind.CarrierGrade => new(name, HostFindingGrade.Warns, $"the router's own outside address is {Named(outside)}: nobody outside reaches it, mappings do not help. {BehindFix}"),
                _ => new(
                    name,
                    HostFindingGrade.Warns,
                    $"the router's own outside address is {Named(outside)}, so another router stands before it: forward the ports there too, or let one of the two only pass on (bridge mode). If the other one is the access provider's: {BehindFix}"),
            };
        }

        return AddressKinds.Of(local) switch
        {
            AddressKind.Public => new(name, HostFindingGrade.Good, $"{own}"),
            AddressKind.CarrierGrade => new(name, HostFindingGrade.Warns, $"{own}: nobody outside reaches it. {BehindFix}"),
            _ => new(name, HostFindingGrade.Tells, $"{own}; how it is seen from outside is not known, because no router is asked (reach.router is none). Behind a router forward the ports to it, or set reach.router; see docs/guide/home.md"),
        };
    }

    private const string BehindFix = "Ask the access provider for a public address, or lead the ports here through a tunnel or a small rented server; see docs/guide/home.md";

    private static NameState Judge(NameFacts name, ReachFacts facts)
    {
        var seen = facts.SeenAs;
        switch (name.Lookup)
        {
            case NameLookup.Unknown { Why: var why }:
                return new(name.Name, NameStage.Unknown, [], $"what {name.Name} leads to cannot be found out now: {why}. Others may fare better; check this host's name servers (/etc/resolv.conf, ingress.resolvers)");
            case NameLookup.Missing:
                return new(name.Name, NameStage.Missing, [], $"{name.Name} has no address in the DNS: set an A record to {(seen is null ? "this host's public address" : seen)}");
        }

        var addresses = ((NameLookup.Found)name.Lookup).Addresses;
        var strange = addresses.Where(address => !facts.Network.Own.Contains(address) && !address.Equals(seen)).ToArray();
        if (strange.Length == 0)
        {
            return addresses.All(address => AddressKinds.Of(address) == AddressKind.Public)
                ? new(name.Name, NameStage.Here, addresses, null)
                : new(name.Name, NameStage.Inside, addresses, $"{name.Name} leads to {List(addresses)}, seen from here; whoever is outside this network needs a public address there");
        }

        var wrong = strange.Where(address => IsWrong(address, facts)).ToArray();
        return wrong.Length > 0
            ? new(name.Name, NameStage.Elsewhere, addresses, $"{name.Name} leads to {List(wrong)}, this host is seen as {SeenFor(wrong[0], facts)}: change the DNS record")
            : new(name.Name, NameStage.Untold, addresses, $"{name.Name} leads to {List(strange)}; whether that is this host cannot be told from here");
    }

    /// <summary>What is not ours is wrong only where ours is known.</summary>
    private static bool IsWrong(IPAddress address, ReachFacts facts) =>
        address.AddressFamily == AddressFamily.InterNetworkV6 ? facts.Network.HasPublicIpv6
        : facts.SeenAs is not null || AddressKinds.Of(address) is AddressKind.Loopback or AddressKind.Unusable;

    private static string SeenFor(IPAddress wrong, ReachFacts facts) => wrong.AddressFamily == AddressFamily.InterNetworkV6
        ? List(facts.Network.Own.Where(own => own.AddressFamily == AddressFamily.InterNetworkV6 && AddressKinds.Of(own) == AddressKind.Public))
        : facts.SeenAs?.ToString() ?? "something else";

    private static HostFinding Finding(NameFacts facts, NameState state, AddressChange? change)
    {
        var title = $"name {state.Name}";
        var changed = change is null ? "" : $" (this host's address changed from {change.From} to {change.To} at {change.At:u})";
        return state.Stage switch
        {
            NameStage.Here => new(title, HostFindingGrade.Good, $"leads to {List(state.Addresses)}"),
            NameStage.Elsewhere or NameStage.Missing => new(title, HostFindingGrade.Warns, state.Detail + changed),
            NameStage.Unknown => new(title, facts.UnknownLooks >= LooksUntilTold || change is not null ? HostFindingGrade.Warns : HostFindingGrade.Tells, state.Detail + changed),
            _ => new(title, HostFindingGrade.Tells, state.Detail ?? ""),
        };
    }

    private static IEnumerable<HostFinding> Ports(ReachFacts facts)
    {
        // A router without an address refuses everything; that is told once.
        var hasNoAddress = facts.Router is { Problem: null, Outside: null };
        foreach (var state in facts.Ports.Where(state => state.Stage == MappingStage.Taken || (state.Stage == MappingStage.Refused && !hasNoAddress)))
        {
            var fix = state.Stage == MappingStage.Taken ? "free it in the router, or forward it to this host by hand" : "forward it to this host by hand, or allow it in the router";
            yield return new($"port {state.Port}", HostFindingGrade.Warns, $"port {state.Port} ({state.Port.Purpose}) cannot be reached from outside: {state.Detail}; {fix}");
        }

        // Named by the router's own finding when none answers.
        var waiting = facts.Ports.Where(state => state.Stage == MappingStage.Waiting).ToArray();
        if (waiting.Length > 0 && facts.Router is { Problem: null })
            yield return new("router", HostFindingGrade.Warns, $"{waiting.Length} ports wait for the router: {waiting[0].Detail}");
        var mapped = facts.Ports.Count(state => state.Stage is MappingStage.Mapped or MappingStage.Foreign);
        if (mapped > 0) yield return new("router", HostFindingGrade.Good, $"leads {mapped} of {facts.Ports.Count} ports to this host");
        if (facts.Ports.Any(state => state is { Stage: MappingStage.Mapped, Until: null }))
            yield return new("router", HostFindingGrade.Tells, "keeps mappings for ever: when this host is taken out of service, remove those called provider-agent by hand");
    }

    private static string Named(IPAddress address) => $"the {(AddressKinds.Of(address) == AddressKind.CarrierGrade ? "address" : AddressKinds.Text(AddressKinds.Of(address)) + " address")} {address}{(AddressKinds.Of(address) == AddressKind.CarrierGrade ? " of the access provider (carrier-grade NAT)" : "")}";

    private static string List(IEnumerable<IPAddress> addresses) => string.Join(", ", addresses.Take(4).Select(address => address.ToString()));
}
