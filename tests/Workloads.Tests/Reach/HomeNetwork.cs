using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using ProviderAgent.Workloads.Tests.Support;

namespace ProviderAgent.Workloads.Tests.Reach;

/// <summary>A home in network namespaces: the internet, a router with a real miniupnpd, this host, and a neighbour in the same LAN.</summary>
internal sealed class HomeNetwork : IDisposable
{
    public const string Host = "192.168.7.20";
    public const string Neighbour = "192.168.7.21";

    private const string Rules = """
        table inet filter {
          chain miniupnpd { }
          chain forward {
            type filter hook forward priority 0; policy drop;
            ct state established,related accept
            iifname "lan" accept
            jump miniupnpd
          }
        }
        table inet nat {
          chain prerouting_miniupnpd { }
          chain postrouting_miniupnpd { }
          chain prerouting { type nat hook prerouting priority -100; policy accept; jump prerouting_miniupnpd; }
          chain postrouting { type nat hook postrouting priority 100; policy accept; jump postrouting_miniupnpd; oifname "wan" masquerade; }
        }
        """;

    private readonly TempFolder _folder = new();
    private readonly NetworkSpace _internet = new();
    private readonly NetworkSpace _router = new();
    private Process? _daemon;
    private int _starts;

    /// <param name="outside">The router's address on its far side. No documentation address: the program takes those for private.</param>
    public HomeNetwork(string outside = "198.20.113.2")
    {
        Outside = outside;
        _router.Ip("link add lan type bridge");
        _router.Ip("addr add 192.168.7.1/24 dev lan");
        _router.Ip("link set lan up");
        _router.Join("wan", _internet, "eth0");
        _internet.Ip($"addr add {Peer} dev eth0");
        _internet.Ip("link set eth0 up");
        _router.Ip($"addr add {outside}/24 dev wan");
        _router.Ip("link set wan up");
        Plug(Space, "lan1", Host);
        Plug(Other, "lan2", Neighbour);
        _router.Exec("sysctl", "-qw", "net.ipv4.ip_forward=1");
        Start();
    }

    /// <summary>Where this host is.</summary>
    public NetworkSpace Space { get; } = new();

    /// <summary>Where the neighbour is.</summary>
    public NetworkSpace Other { get; } = new();

    public string Outside { get; private set; }

    /// <summary>What the router does to packets.</summary>
    public string Redirects => _router.Nft("list chain inet nat prerouting_miniupnpd");

    // The first address of the router's outer network.
    private string Peer => Outside[..Outside.LastIndexOf('.')] + ".1/24";

    public void Dispose()
    {
        Stop();
        foreach (var space in new[] { Space, Other, _router, _internet }) space.Dispose();
        _folder.Dispose();
    }

    /// <summary>Switches the router on, with nothing in its memory and its UPnP on another port than before.</summary>
    public void Start()
    {
        _router.Nft("flush ruleset");
        File.WriteAllText(_folder.File("rules"), Rules);
        _router.Nft("-f " + _folder.File("rules"));
        File.WriteAllText(
            _folder.File("conf"),
            $"""
            ext_ifname=wan
            listening_ip=lan
            http_port={5_000 + ++_starts}
            enable_natpmp=yes
            enable_upnp=yes
            secure_mode=yes
            min_lifetime=5
            system_uptime=no
            uuid=78b4903b-99e2-4b44-9d8a-3a1f0c3a4f41
            upnp_table_name=filter
            upnp_nat_table_name=nat
            upnp_forward_chain=miniupnpd
            upnp_nat_chain=prerouting_miniupnpd
            upnp_nat_postrouting_chain=postrouting_miniupnpd
            deny 6000-6100 0.0.0.0/0 1-65535
            allow 1-65535 192.168.7.0/24 1-65535
            deny 1-65535 0.0.0.0/0 1-65535

            """);
        var start = new ProcessStartInfo("ip", ["netns", "exec", _router.Name, "miniupnpd", "-d", "-f", _folder.File("conf"), "-P", _folder.File("pid")]) { RedirectStandardError = true, RedirectStandardOutput = true };
        start.Environment["PATH"] += ":/usr/sbin:/sbin";
        _daemon = Process.Start(start)!;
        var said = new List<string>();
        while (_daemon.StandardError.ReadLine() is { } line)
        {
            said.Add(line);
            if (!line.Contains("Listening for NAT-PMP", StringComparison.Ordinal)) continue;
            _ = _daemon.StandardError.ReadToEndAsync(); // it must not wait for a reader
            _ = _daemon.StandardOutput.ReadToEndAsync();
            return;
        }

        throw new InvalidOperationException($"miniupnpd did not start: {string.Join('\n', said)}");
    }

    /// <summary>Switches it off.</summary>
    public void Stop()
    {
        if (_daemon is null) return;
        _daemon.Kill(entireProcessTree: true);
        _daemon.WaitForExit();
        _daemon.Dispose();
        _daemon = null;
    }

    /// <summary>The access provider gives another address.</summary>
    public void Renumber(string outside)
    {
        _router.Ip($"addr del {Outside}/24 dev wan");
        Outside = outside;
        _router.Ip($"addr add {outside}/24 dev wan");
    }

    /// <summary>Somebody else asks the router by UPnP.</summary>
    public void Map(NetworkSpace who, string address, int port, int outside) =>
        who.Exec("upnpc", "-u", string.Create(CultureInfo.InvariantCulture, $"http://192.168.7.1:{5_000 + _starts}/rootDesc.xml"), "-e", "a game", "-a", address, Number(port), Number(outside), "TCP", "600");

    /// <summary>What a connection or a packet from the internet to a port of the router is told by whoever listens on this host.</summary>
    public async Task<string> AskFromTheInternetAsync(int port, PortProtocol protocol)
    {
        using var listener = Space.Within(() => Bind(IPAddress.Any, port, protocol));
        using var visitor = _internet.Within(() => Bind(IPAddress.Any, 0, protocol));
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(10), TimeProvider.System);
        var target = new IPEndPoint(IPAddress.Parse(Outside), port);
        if (protocol == PortProtocol.Udp)
        {
            await visitor.SendToAsync("hello"u8.ToArray(), target, patience.Token);
            var packet = new byte[16];
            var come = await listener.ReceiveFromAsync(packet, new IPEndPoint(IPAddress.Any, 0), patience.Token);
            return System.Text.Encoding.ASCII.GetString(packet, 0, come.ReceivedBytes);
        }

        listener.Listen();
        var accepting = listener.AcceptAsync(patience.Token);
        await visitor.ConnectAsync(target, patience.Token);
        using var served = await accepting;
        await served.SendAsync("welcome"u8.ToArray(), patience.Token);
        var answer = new byte[16];
        return System.Text.Encoding.ASCII.GetString(answer, 0, await visitor.ReceiveAsync(answer, patience.Token));
    }

    private void Plug(NetworkSpace space, string port, string address)
    {
        _router.Join(port, space, "eth0");
        _router.Ip($"link set {port} master lan");
        _router.Ip($"link set {port} up");
        space.Ip($"addr add {address}/24 dev eth0");
        space.Ip("link set eth0 up");
        space.Ip("route add default via 192.168.7.1");
    }

    private static Socket Bind(IPAddress address, int port, PortProtocol protocol)
    {
        var socket = protocol == PortProtocol.Udp ? new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) : new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(address, port));
        return socket;
    }

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
