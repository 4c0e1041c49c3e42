using ProviderAgent.Bidding;
using ProviderAgent.Chain;
using ProviderAgent.Docker;
using ProviderAgent.Gateway;
using ProviderAgent.Inventory;
using ProviderAgent.Ledger;
using ProviderAgent.Metering;
using ProviderAgent.Workloads;

namespace ProviderAgent.Config;

/// <summary>The whole configuration. Each member is a section of the file; each section belongs to the room that reads it.</summary>
public sealed class AgentOptions
{
    public ChainOptions Chain { get; set; } = new();

    public ProviderOptions Provider { get; set; } = new();

    public InventoryOptions Inventory { get; set; } = new();

    public BiddingOptions Bidding { get; set; } = new();

    public PricingOptions Pricing { get; set; } = new();

    public DockerOptions Engine { get; set; } = new();

    public WorkloadOptions Workloads { get; set; } = new();

    public IngressOptions Ingress { get; set; } = new();

    public ReachOptions Reach { get; set; } = new();

    public GatewayOptions Gateway { get; set; } = new();

    public MeteringOptions Metering { get; set; } = new();

    public TreasuryOptions Treasury { get; set; } = new();

    public OperatorOptions Operator { get; set; } = new();

    public StateOptions State { get; set; } = new();
}

/// <summary>Who this provider is to the market. Section <c>provider</c>.</summary>
public sealed class ProviderOptions
{
    /// <summary>Where tenants reach the gateway, as it stands on the market.</summary>
    /// <value>Required: https, a host name and a port, no path, for example <c>https://provider.example.com:8443</c>.</value>
    public Uri? HostUri { get; set; }

    /// <summary>Domain below which tenants' web services get host names. <c>*.</c> and this domain must lead to this host in the DNS.</summary>
    /// <value>Default <c>ingress.</c> and the domain of <see cref="HostUri"/>: <c>ingress.example.com</c> for <c>provider.example.com</c>. None where that is an address.</value>
    public string IngressDomain { get; set; } = "";

    /// <summary>What orders are matched against, for example <c>region: eu-central</c>.</summary>
    /// <value>Default none.</value>
    public Dictionary<string, string> Attributes { get; set; } = [];

    /// <summary>Contact shown on the market.</summary>
    /// <value>Default none.</value>
    public string Email { get; set; } = "";

    /// <summary>Website shown on the market.</summary>
    /// <value>Default none.</value>
    public Uri? Website { get; set; }

    /// <summary>The gateway's certificate is replaced when less than this is left of it.</summary>
    /// <value>Default 30 days; 1 h to 300 days.</value>
    public TimeSpan CertificateAhead { get; set; } = TimeSpan.FromDays(30);
}

/// <summary>The operator's face of the daemon: status, metrics, health. Section <c>operator</c>.</summary>
public sealed class OperatorOptions
{
    /// <summary>Address and port. Loopback only: whoever reaches it reads everything.</summary>
    /// <value>Default <c>127.0.0.1:8440</c>.</value>
    public string Listen { get; set; } = "127.0.0.1:8440";
}
