namespace ProviderAgent.Workloads;

/// <summary>How tenants' containers are run on this host. Section <c>workloads</c>.</summary>
public sealed class WorkloadOptions
{
    /// <summary>The engine's OCI runtime for tenants.</summary>
    /// <value>Default <c>runc</c>. Never <c>nvidia</c>: with it any container could open every GPU.</value>
    public string Runtime { get; set; } = "runc";

    /// <summary>Has the engine run the health checks that images bring along (HEALTHCHECK), at most every 10 s for each replica.</summary>
    /// <value>Default true. What they say decides which replicas get traffic and whether an update has proved good; nothing is restarted because of it.</value>
    public bool ImageHealthChecks { get; set; } = true;

    /// <summary>Ports of this host that are given to tenants' services.</summary>
    /// <value>Default <c>30000-32767</c>.</value>
    public string Ports { get; set; } = "30000-32767";

    /// <summary>Address that those ports listen on.</summary>
    /// <value>Default <c>0.0.0.0</c>: all of this host's addresses.</value>
    public string PortsAddress { get; set; } = "0.0.0.0";

    /// <summary>Most processes and threads in one container.</summary>
    /// <value>Default 1024; 16 to 1 000 000.</value>
    public int PidsLimit { get; set; } = 1_024;

    /// <summary>Most open files of one process in a container.</summary>
    /// <value>Default 65 536; 1024 to 1 048 576. Never more than this daemon's own hard limit, since the engine cannot give what the host denies.</value>
    public int OpenFiles { get; set; } = 65_536;

    /// <summary>Time that a container gets between being asked to stop and being ended.</summary>
    /// <value>Default 10 s; 0 to 10 min.</value>
    public TimeSpan StopGrace { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a tenant has, after it took our bid, to send its manifest. Then the lease is ended, so that what was set aside for it can be sold. Counted anew when the daemon starts.</summary>
    /// <value>Default 5 min; 0 waits for ever, otherwise 5 s to 1 day.</value>
    public TimeSpan ManifestTimeout { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>How long all replicas of an update must run before it counts as good. One that fails before is taken back to the last good one.</summary>
    /// <value>Default 1 min; 0 to 1 h.</value>
    public TimeSpan StableAfter { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How often everything that runs is compared with everything that should, even when nothing happened.</summary>
    /// <value>Default 15 s; 1 s to 10 min.</value>
    public TimeSpan ReconcileInterval { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>How often all leases are compared with the market, even when no event came.</summary>
    /// <value>Default 1 min; 1 s to 1 h.</value>
    public TimeSpan SweepInterval { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Pulls that may run at the same time.</summary>
    /// <value>Default 3; 1 to 32.</value>
    public int ParallelPulls { get; set; } = 3;

    /// <summary>Logs that the engine keeps of one container.</summary>
    public ContainerLogOptions Logs { get; set; } = new();

    /// <summary>The tenants' networks and what they may reach.</summary>
    public WorkloadNetworkOptions Network { get; set; } = new();

    /// <summary>Which images may run, and how many are kept.</summary>
    public WorkloadImageOptions Images { get; set; } = new();

    /// <summary>Tenants' disks.</summary>
    public WorkloadVolumeOptions Volumes { get; set; } = new();

    /// <summary>GPUs in containers.</summary>
    public WorkloadGpuOptions Gpu { get; set; } = new();
}

/// <summary>Which images may run, and how many are kept.</summary>
public sealed class WorkloadImageOptions
{
    /// <summary>Registries, or beginnings of names, from which images may come: <c>docker.io</c>, <c>ghcr.io/acme</c>.</summary>
    /// <value>Default none, which means all.</value>
    public List<string> Registries { get; set; } = [];

    /// <summary>Registries, or beginnings of names, from which no image may come. Counts before <see cref="Registries"/>.</summary>
    /// <value>Default none.</value>
    public List<string> Deny { get; set; } = [];

    /// <summary>Takes only images that are named by their digest, so that what runs cannot change under a name.</summary>
    /// <value>Default false.</value>
    public bool RequireDigest { get; set; }

    /// <summary>Largest image, unpacked.</summary>
    /// <value>Default 60 GiB; 1 MiB to 1 TiB.</value>
    public Marketplace.ByteSize MaxSize { get; set; } = new(60 * Marketplace.ByteSize.GiB);

    /// <summary>Nothing is pulled while less than this is free on the engine's disk.</summary>
    /// <value>Default 2 GiB; 0 to 1 TiB.</value>
    public Marketplace.ByteSize MinFree { get; set; } = new(2 * Marketplace.ByteSize.GiB);

    /// <summary>While less than this is free, images that nobody uses are removed, the longest unused first.</summary>
    /// <value>Default 10 GiB; at least <see cref="MinFree"/>.</value>
    public Marketplace.ByteSize CollectBelow { get; set; } = new(10 * Marketplace.ByteSize.GiB);

    /// <summary>How long an image stays that nobody uses.</summary>
    /// <value>Default 3 days; 0 to 365 days.</value>
    public TimeSpan KeepUnused { get; set; } = TimeSpan.FromDays(3);

    /// <summary>Images that are pulled ahead of their use, once at start and then daily to follow their names, and stay although nobody uses them.</summary>
    /// <value>Default none; at most 64, from registries that ask for no login. Pulled while no tenant's pull is under way and more than
    /// <see cref="CollectBelow"/> is free; removed only below <c>workloads.volumes.alarm_below</c>.</value>
    public List<string> Keep { get; set; } = [];
}

/// <summary>How containers are kept at their GPUs.</summary>
public sealed class WorkloadGpuOptions
{
    /// <summary>How often it is asked from inside each container whether its GPUs can still be used. One that cannot is asked once more 5 s later before it is restarted.</summary>
    /// <value>Default 20 s; 5 s to 1 h.</value>
    public TimeSpan CanaryInterval { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>Restarts a container that cannot use its GPUs any more because the host rebuilt its device rules, and tells the tenant.</summary>
    /// <value>Default true: such a container computes nothing until it is restarted.</value>
    public bool RepairCutOff { get; set; } = true;
}

/// <summary>Bounds of the engine's own log files, which count on this host and in no tenant's limit.</summary>
public sealed class ContainerLogOptions
{
    /// <summary>Size at which a log file is rotated.</summary>
    /// <value>Default 10 MiB; 64 KiB to 1 GiB.</value>
    public Marketplace.ByteSize MaxSize { get; set; } = new(10 * Marketplace.ByteSize.MiB);

    /// <summary>Files kept of one container.</summary>
    /// <value>Default 3; 1 to 20.</value>
    public int MaxFiles { get; set; } = 3;
}

/// <summary>Who drives the firewall that keeps tenants apart.</summary>
public enum NetworkGuardMode
{
    /// <summary>The host helper when its socket is there, else this process.</summary>
    Nft,

    /// <summary>Nobody: the host is guarded by other means. Tenants reach whatever the host can route to.</summary>
    Off,
}

/// <summary>The tenants' networks and what they may reach.</summary>
public sealed class WorkloadNetworkOptions
{
    /// <summary>Addresses from which each lease gets a subnet of its own.</summary>
    /// <value>Default <c>10.213.0.0/16</c>; a private IPv4 range of at least a /24 that nothing else on this host uses.</value>
    public string Subnets { get; set; } = "10.213.0.0/16";

    /// <summary>Who puts the firewall rules in place.</summary>
    /// <value>Default <c>nft</c>.</value>
    public NetworkGuardMode Guard { get; set; } = NetworkGuardMode.Nft;

    /// <summary>Socket of the host helper, for a daemon that does not run as root.</summary>
    /// <value>Default <c>/run/provider-agent-helper.sock</c>.</value>
    public string HelperSocket { get; set; } = "/run/provider-agent-helper.sock";

    /// <summary>Name servers for tenants. Private addresses among them are opened on port 53.</summary>
    /// <value>Default: those of this host.</value>
    public List<string> Dns { get; set; } = [];

    /// <summary>Lets tenants connect to mail ports (25, 465, 587).</summary>
    /// <value>Default false: hosts that send spam lose their address's good name.</value>
    public bool AllowMail { get; set; }

    /// <summary>How much of this host's network one lease may use.</summary>
    public NetworkLimitOptions Limits { get; set; } = new();

    /// <summary>What is told to the operator of a tenant's traffic. Nothing is closed because of it.</summary>
    public NetworkSignalOptions Signals { get; set; } = new();
}

/// <summary>How much of this host's network one lease may use, so that one tenant's flood stays that tenant's.</summary>
public sealed class NetworkLimitOptions
{
    /// <summary>Connections that a lease may have open with the outside at the same time, both directions together.</summary>
    /// <value>Default 4000; 0 (no limit) to 1 000 000. This host's table holds <c>net.netfilter.nf_conntrack_max</c> of all leases together.</value>
    public int Connections { get; set; } = 4_000;

    /// <summary>Connections that a lease may open to the outside in one second. Ten times as many may come at once.</summary>
    /// <value>Default 100; 0 (no limit) to 100 000. A closed connection stays in this host's table for 30 s more.</value>
    public int ConnectionsPerSecond { get; set; } = 100;

    /// <summary>Bytes that a lease may send in one second, to the outside and through the ingress together.</summary>
    /// <value>Default 125 MiB, about 1 Gbit/s; 0 (no limit), or 64 KiB to 100 GiB.</value>
    public Marketplace.ByteSize UploadPerSecond { get; set; } = new(125 * Marketplace.ByteSize.MiB);

    /// <summary>Bytes that a lease may be sent in one second, from the outside and through the ingress together.</summary>
    /// <value>Default 125 MiB, about 1 Gbit/s; 0 (no limit), or 64 KiB to 100 GiB.</value>
    public Marketplace.ByteSize DownloadPerSecond { get; set; } = new(125 * Marketplace.ByteSize.MiB);
}

/// <summary>When a tenant's traffic looks like abuse.</summary>
public sealed class NetworkSignalOptions
{
    /// <summary>How often the firewall's counters are read.</summary>
    /// <value>Default 30 s; 1 s to 1 h.</value>
    public TimeSpan Interval { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Addresses and TCP ports in one minute that a lease tries and that do not answer, from which on it looks like a scan.</summary>
    /// <value>Default 200; 0 (never) to 100 000.</value>
    public int UnansweredPerMinute { get; set; } = 200;

    /// <summary>The same for addresses and UDP ports.</summary>
    /// <value>Default 1000; 0 (never) to 100 000. Name servers, QUIC and games answer; of a peer-to-peer network's nodes hundreds do not.</value>
    public int UnansweredUdpPerMinute { get; set; } = 1_000;

    /// <summary>Packets to private addresses or to this host in one minute, from which on somebody looks for a way into the operator's network.</summary>
    /// <value>Default 60; 0 (never) to 1 000 000. All of them are refused.</value>
    public int RefusedPerMinute { get; set; } = 60;

    /// <summary>TCP ports that mining pools listen on.</summary>
    /// <value>Default those of the large pools.</value>
    public List<int> MiningPorts { get; set; } = [3333, 4444, 5555, 7777, 9999, 14433, 14444, 20535, 20580, 45700];

    /// <summary>Host names or IPv4 addresses of mining pools. Names are looked up every ten minutes.</summary>
    /// <value>Default none: a host that asks for the names of pools may raise an alarm of its own.</value>
    public List<string> MiningHosts { get; set; } = [];
}
