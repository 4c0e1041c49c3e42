using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace ProviderAgent.Workloads;

/// <summary>Writes <see cref="NetworkGuardRules"/> as nft scripts. Pure.</summary>
/// <remarks>
/// What differs from lease to lease is in sets, never in rules: the kernel keeps each lease's meters as elements under its bridge's name. So a
/// lease that comes or goes, a name server or a pool's address that changes touches neither the rules nor anybody's meters. Only another
/// <see cref="Policy"/> loads the table anew.
/// </remarks>
internal static class NftTable
{
    /// <summary>Sets whose elements are meters; the key begins with the bridge.</summary>
    public static readonly string[] Meters = ["rate", "open", "up", "down", TallySet];

    /// <summary>Counters by bridge and <see cref="GuardTally"/>.</summary>
    public const string TallySet = "tally";

    /// <summary>Pairs of one bridge with itself.</summary>
    public const string LeaseSet = "same_lease";

    /// <summary>An empty chain whose name says what is loaded; see <see cref="NftGuard"/>.</summary>
    public const string MarkPrefix = "mark_";

    // Private, shared, link-local (cloud metadata lives there), test, multicast and reserved ranges of the IANA registry.
    private const string BlockedNetworks =
        "0.0.0.0/8, 10.0.0.0/8, 100.64.0.0/10, 127.0.0.0/8, 169.254.0.0/16, 172.16.0.0/12, 192.0.0.0/24, 192.168.0.0/16, 198.18.0.0/15, 224.0.0.0/4, 240.0.0.0/4";

    private const string Name = NetworkGuardRules.Table;

    // A sender that uses its limit to the full comes in bursts; shorter ones would cost it much of what it is owed.
    private const int BurstsPerSecond = 8;

    // One burst must at least let the largest packet of segmentation offload through.
    private const long SmallestBurstBytes = 256 * 1024;

    private static string From => $"iifname \"{WorkloadNames.BridgePrefix}*\"";

    private static string To => $"oifname \"{WorkloadNames.BridgePrefix}*\"";

    /// <summary>What the rules as such depend on. The rest is in sets and in the chain of shared ports.</summary>
    public static string Policy(NetworkGuardRules rules) => Hash(Structure(rules));

    /// <summary>The whole table in one atomic step, whatever was there before. All meters begin anew.</summary>
    public static string Load(NetworkGuardRules rules) =>
        // Declaring the table first makes the deletion succeed on the first run too.
        $"table inet {Name}\ndelete table inet {Name}\n{Structure(rules)}{Update(rules)}";

    /// <summary>Brings sets and shared ports up to date in one atomic step. No meter is touched.</summary>
    public static string Update(NetworkGuardRules rules)
    {
        var script = new StringBuilder();
        Fill(LeaseSet, rules.Bridges.Distinct().Select(bridge => $"\"{bridge}\" . \"{bridge}\""));
        Fill("resolvers4", rules.PrivateResolvers.Distinct().Select(address => address.ToString()));
        Fill("watched4", rules.WatchedAddresses.Distinct().Select(address => address.ToString()));
        Fill("web_ports", rules.WebPorts.Distinct().Select(port => port.ToString(CultureInfo.InvariantCulture)));
        Fill("own_ports", rules.OwnPorts.Distinct().Select(port => string.Create(CultureInfo.InvariantCulture, $"\"{port.Bridge}\" . {Protocol(port.Protocol)} . {port.HostPort}")));
        Line($"flush chain inet {Name} shared_ports");
        foreach (var port in rules.SharedPorts.Where(port => port.Replicas.Count > 0))
        {
            var address = port.Address.Equals(System.Net.IPAddress.Any) ? "" : $"ip daddr {port.Address} ";
            var turns = string.Join(", ", port.Replicas.Select((replica, i) => string.Create(CultureInfo.InvariantCulture, $"{i} : {replica.Address} . {replica.Port}")));
            Line($"add rule inet {Name} shared_ports {address}{Protocol(port.Protocol)} dport {port.HostPort} dnat ip to numgen inc mod {port.Replicas.Count} map {{ {turns} }}");
        }

        return script.ToString();

        void Fill(string set, IEnumerable<string> elements)
        {
            Line($"flush set inet {Name} {set}");
            var list = string.Join(", ", elements);
            if (list.Length > 0) Line($"add element inet {Name} {set} {{ {list} }}");
        }

        void Line(FormattableString line) => script.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');
    }

    /// <summary>First 16 hex digits of SHA-256.</summary>
    public static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, 8));

    public static string Protocol(PortProtocol protocol) => protocol == PortProtocol.Udp ? "udp" : "tcp";

    private static string Structure(NetworkGuardRules rules)
    {
        var limits = rules.Limits;
        var ports = string.Join(", ", rules.WatchedPorts.Distinct().Order().Select(port => port.ToString(CultureInfo.InvariantCulture)));
        return string.Create(CultureInfo.InvariantCulture, $$"""
            table inet {{Name}} {
              set blocked4 { type ipv4_addr; flags interval; elements = { {{BlockedNetworks}} } }
              set resolvers4 { type ipv4_addr; }
              set watched4 { type ipv4_addr; }
              set {{LeaseSet}} { type ifname . ifname; }
              set web_ports { type inet_service; }
              set own_ports { type ifname . inet_proto . inet_service; }
              set rate { type ifname; size 4096; flags dynamic; }
              set open { type ifname; size 4096; flags dynamic; }
              set up { type ifname; size 4096; flags dynamic; }
              set down { type ifname; size 4096; flags dynamic; }
              set {{TallySet}} { type ifname . mark; size 65536; flags dynamic; }
              set tried { type ifname . ipv4_addr . inet_service; size 131072; flags dynamic,timeout; timeout 1m; }
              set answered { type ifname . ipv4_addr . inet_service; size 131072; flags dynamic,timeout; timeout 1m; }
              set tried_udp { type ifname . ipv4_addr . inet_service; size 131072; flags dynamic,timeout; timeout 1m; }
              set answered_udp { type ifname . ipv4_addr . inet_service; size 131072; flags dynamic,timeout; timeout 1m; }
              ct timeout tenant { protocol tcp; l3proto ip; policy = { syn_sent : 30, time_wait : 30, close : 10 }; }
            {{Refusal("no_ipv6", "iifname", GuardTally.Ipv6)}}{{Refusal("forged", "iifname", GuardTally.Forged)}}{{Refusal("too_fast", "iifname", GuardTally.TooFast)}}{{Refusal("too_many_out", "iifname", GuardTally.TooMany)}}{{Refusal("too_many_in", "oifname", GuardTally.TooMany)}}{{Refusal("upload_over", "iifname", GuardTally.UploadOver)}}{{Refusal("download_over", "oifname", GuardTally.DownloadOver)}}{{Refusal("private", "iifname", GuardTally.Private)}}{{Refusal("host", "iifname", GuardTally.Host)}}{{Refusal("mail", "iifname", GuardTally.Mail)}}
              chain upload {
                {{Bandwidth("up", "iifname", limits.UploadBytesPerSecond)}}
              }
              chain download {
                {{Bandwidth("down", "oifname", limits.DownloadBytesPerSecond)}}
              }
              chain from_lease {
                meta nfproto ipv6 goto no_ipv6
                fib saddr . iif oif missing goto forged
                iifname . oifname @{{LeaseSet}} accept
                ct state established,related goto upload
                {{Rate(limits)}}
                {{Connections("iifname", "too_many_out", limits.Connections)}}
                ip daddr @resolvers4 meta l4proto { tcp, udp } th dport 53 goto upload
                meta l4proto tcp iifname . ip daddr . tcp dport != @tried add @tried { iifname . ip daddr . tcp dport } {{Count("iifname", GuardTally.Destinations)}}
                meta l4proto udp iifname . ip daddr . udp dport != @tried_udp add @tried_udp { iifname . ip daddr . udp dport } {{Count("iifname", GuardTally.UdpDestinations)}}
                ip daddr @blocked4 goto private
                tcp dport { 25, 465, 587 } {{(rules.AllowMail ? Count("iifname", GuardTally.MailSent) : "goto mail")}}
                {{(ports.Length == 0 ? "" : $"tcp dport {{ {ports} }} {Count("iifname", GuardTally.Watched)}")}}
                ip daddr @watched4 {{Count("iifname", GuardTally.Watched)}}
                goto upload
              }
              chain to_lease {
                tcp flags & (syn | ack) == (syn | ack) oifname . ip saddr . tcp sport @tried oifname . ip saddr . tcp sport != @answered add @answered { oifname . ip saddr . tcp sport } {{Count("oifname", GuardTally.Answered)}}
                meta l4proto udp oifname . ip saddr . udp sport @tried_udp oifname . ip saddr . udp sport != @answered_udp add @answered_udp { oifname . ip saddr . udp sport } {{Count("oifname", GuardTally.UdpAnswered)}}
                ct state established,related goto download
                {{Connections("oifname", "too_many_in", limits.Connections)}}
                goto download
              }
              chain public_ports {
                {{Rate(limits)}}
                {{Connections("iifname", "too_many_out", limits.Connections)}}
                goto upload
              }
              chain forward {
                type filter hook forward priority -10; policy accept;
                {{From}} jump from_lease
                {{To}} jump to_lease
              }
              chain input {
                type filter hook input priority -10; policy accept;
                {{From}} ct state established,related goto upload
                {{From}} ip daddr != @blocked4 tcp dport @web_ports goto public_ports
                {{From}} ip daddr != @blocked4 iifname . meta l4proto . th dport @own_ports goto public_ports
                {{From}} goto host
              }
              chain output {
                type filter hook output priority -10; policy accept;
                {{To}} goto download
              }
              chain untracked {
                type filter hook prerouting priority raw; policy accept;
                {{From}} fib daddr type unicast fib daddr . iif oif exists notrack
              }
              chain timeouts {
                type filter hook prerouting priority mangle; policy accept;
                {{From}} meta l4proto tcp ct state new ct timeout set "tenant"
              }
              chain shared_ports {
              }
              chain shared_ports_in {
                type nat hook prerouting priority -110; policy accept;
                iifname != "{{WorkloadNames.BridgePrefix}}*" fib daddr type local jump shared_ports
              }
              chain shared_ports_local {
                type nat hook output priority -110; policy accept;
                ip daddr != 127.0.0.0/8 fib daddr type local jump shared_ports
              }
              chain leaving {
                type nat hook postrouting priority srcnat + 10; policy accept;
                meta nfproto ipv4 {{From}} oifname != "{{WorkloadNames.BridgePrefix}}*" masquerade
              }
            }

            """);
    }

    /// <summary>Counted first, in a rule of its own: a full set must not keep a packet from being refused.</summary>
    private static string Refusal(string chain, string key, GuardTally tally) => $"  chain {chain} {{\n    {Count(key, tally)}\n    drop\n  }}\n";

    private static string Count(string key, GuardTally tally) => string.Create(CultureInfo.InvariantCulture, $"update @{TallySet} {{ {key} . {(int)tally} counter }}");

    private static string Rate(NetworkLimits limits) => limits.ConnectionsPerSecond == 0
        ? ""
        : string.Create(CultureInfo.InvariantCulture, $"ct status ! confirmed add @rate {{ iifname limit rate over {limits.ConnectionsPerSecond}/second burst {10L * limits.ConnectionsPerSecond} packets }} goto too_fast");

    private static string Connections(string key, string refusal, int most) =>
        most == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"ct state new add @open {{ {key} ct count over {most} }} goto {refusal}");

    private static string Bandwidth(string set, string key, long bytesPerSecond) => bytesPerSecond == 0
        ? "accept"
        : string.Create(CultureInfo.InvariantCulture,
            $"add @{set} {{ {key} limit rate over {bytesPerSecond} bytes/second burst {Math.Clamp(bytesPerSecond / BurstsPerSecond, SmallestBurstBytes, uint.MaxValue)} bytes }} goto {set}load_over\n    accept");
}
