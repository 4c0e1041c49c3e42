using ProviderAgent.Inventory;
using ProviderAgent.Workloads;

namespace ProviderAgent.Config;

/// <summary>The whole configuration. Each member is a section of the file; each section belongs to the room that reads it.</summary>
public sealed class AgentOptions
{
    public ProviderOptions Provider { get; set; } = new();

    public InventoryOptions Inventory { get; set; } = new();

    public WorkloadOptions Workloads { get; set; } = new();

    public OperatorOptions Operator { get; set; } = new();

    public StateOptions State { get; set; } = new();
}

/// <summary>Who this provider is to the market. Section <c>provider</c>.</summary>
public sealed class ProviderOptions
{
    /// <summary>Where tenants reach the gateway, as it stands on the market.</summary>
    /// <value>Required: https, a host name and a port, no path, for example <c>https://provider.example.com:8443</c>.</value>
    public Uri? HostUri { get; set; }

    /// <summary>What orders are matched against, for example <c>region: eu-central</c>.</summary>
    /// <value>Default none.</value>
    public Dictionary<string, string> Attributes { get; set; } = [];

    /// <summary>Contact shown on the market.</summary>
    /// <value>Default none.</value>
    public string Email { get; set; } = "";

    /// <summary>Website shown on the market.</summary>
    /// <value>Default none.</value>
    public Uri? Website { get; set; }
}

/// <summary>The operator's face of the daemon: status, metrics, health. Section <c>operator</c>.</summary>
public sealed class OperatorOptions
{
    /// <summary>Address and port. Loopback only: whoever reaches it reads everything.</summary>
    /// <value>Default <c>127.0.0.1:8440</c>.</value>
    public string Listen { get; set; } = "127.0.0.1:8440";
}

/// <summary>Where the daemon keeps what it must not forget. Section <c>state</c>.</summary>
public sealed class StateOptions
{
    /// <summary>Folder of the ledger and the gateway's certificate; only the daemon's user may read it.</summary>
    /// <value>Default <c>/var/lib/provider-agent</c>.</value>
    public string Directory { get; set; } = "/var/lib/provider-agent";
}
