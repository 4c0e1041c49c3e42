using System.Buffers;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace ProviderAgent.Workloads;

/// <summary>What the firewall has to know to keep tenants away from the host, the local network and each other.</summary>
/// <param name="Bridges">Bridges of the leases on this host; each starts with <see cref="WorkloadNames.BridgePrefix"/>.</param>
/// <param name="PrivateResolvers">Name servers at private addresses that tenants must still reach, on port 53 only.</param>
/// <param name="AllowMail">Lets tenants open connections to mail ports.</param>
public sealed record NetworkGuardRules(IReadOnlyList<string> Bridges, IReadOnlyList<IPAddress> PrivateResolvers, bool AllowMail)
{
    /// <summary>The table is ours alone: it is replaced as a whole and never shares a chain with the engine.</summary>
    public const string Table = "provider_agent_guard";

    // Private, shared, link-local (cloud metadata lives there), test, multicast and reserved ranges of the IANA registry.
    private static readonly string[] BlockedNetworks =
    [
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
        "192.0.0.0/24", "192.168.0.0/16", "198.18.0.0/15", "224.0.0.0/4", "240.0.0.0/4",
    ];

    private static readonly SearchValues<char> LowerHex = SearchValues.Create("0123456789abcdef");

    /// <summary>The nft script that puts the rules in place in one atomic step, whatever was there before.</summary>
    /// <exception cref="ArgumentException">A bridge name is not one of ours, or a resolver is not an IPv4 address.</exception>
    public string ToNftScript()
    {
        foreach (var bridge in Bridges)
        {
            if (!IsBridgeName(bridge)) throw new ArgumentException($"'{bridge}' is not the bridge of a lease");
        }

        var resolvers = PrivateResolvers.Select(address => address.AddressFamily == AddressFamily.InterNetwork
            ? address.ToString()
            : throw new ArgumentException($"'{address}' is not an IPv4 address; tenants have no IPv6"));
        var script = new StringBuilder();
        var prefix = $"iifname \"{WorkloadNames.BridgePrefix}*\"";
        // Declaring the table first makes the deletion succeed on the first run too.
        script.Append(CultureInfo.InvariantCulture, $"table inet {Table}\ndelete table inet {Table}\ntable inet {Table} {{\n");
        script.Append(Set("blocked4", "type ipv4_addr; flags interval", BlockedNetworks));
        script.Append(Set("resolvers4", "type ipv4_addr", resolvers));
        // Frames within one bridge pass the hook as well while bridge-nf-call-iptables is on.
        script.Append(Set("same_lease", "type ifname . ifname", Bridges.Select(bridge => $"\"{bridge}\" . \"{bridge}\"")));
        script.Append(CultureInfo.InvariantCulture, $$"""
              chain forward {
                type filter hook forward priority -10; policy accept;
                {{prefix}} ct state established,related accept
                iifname . oifname @same_lease accept
                {{prefix}} meta nfproto ipv6 counter drop
                {{prefix}} ip daddr @resolvers4 meta l4proto { tcp, udp } th dport 53 accept
                {{prefix}} ip daddr @blocked4 counter drop

            """);
        if (!AllowMail) script.Append(CultureInfo.InvariantCulture, $"    {prefix} tcp dport {{ 25, 465, 587 }} counter drop\n");
        script.Append(CultureInfo.InvariantCulture, $$"""
              }
              chain input {
                type filter hook input priority -10; policy accept;
                {{prefix}} ct state established,related accept
                {{prefix}} counter drop
              }
            }

            """);
        return script.ToString();
    }

    /// <summary>True for the prefix and 8 lower-case hex digits: nothing else may reach a firewall script.</summary>
    public static bool IsBridgeName(string name) =>
        name.Length == WorkloadNames.BridgePrefix.Length + 8
        && name.StartsWith(WorkloadNames.BridgePrefix, StringComparison.Ordinal)
        && name.AsSpan(WorkloadNames.BridgePrefix.Length).IndexOfAnyExcept(LowerHex) < 0;

    private static string Set(string name, string type, IEnumerable<string> elements)
    {
        var list = string.Join(", ", elements);
        return list.Length == 0 ? $"  set {name} {{ {type}; }}\n" : $"  set {name} {{ {type}; elements = {{ {list} }} }}\n";
    }
}
