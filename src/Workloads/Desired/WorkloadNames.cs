using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Workloads;

/// <summary>Names and labels of everything that the engine holds for a lease. They follow from the lease alone, so a restart finds all of it again.</summary>
public static class WorkloadNames
{
    /// <summary>Layout version of the labels.</summary>
    public const string Schema = "1";

    public const string SchemaLabel = "provider-agent.schema";

    /// <summary>The provider account; several daemons with different accounts can share one engine.</summary>
    public const string ProviderLabel = "provider-agent.provider";
    public const string LeaseLabel = "provider-agent.lease";
    public const string GroupLabel = "provider-agent.group";
    public const string ServiceLabel = "provider-agent.service";
    public const string ReplicaLabel = "provider-agent.replica";
    public const string ManifestLabel = "provider-agent.manifest";
    public const string SpecLabel = "provider-agent.spec";

    /// <summary>The image as the tenant wrote it.</summary>
    public const string ImageLabel = "provider-agent.image";

    /// <summary>What that name meant when the container was made, by its registry.</summary>
    public const string DigestLabel = "provider-agent.image-digest";

    /// <summary>UUIDs of the GPUs that a container was given, with commas between; absent without any.</summary>
    public const string GpuLabel = "provider-agent.gpus";

    /// <summary>Ports of this host that lead to a container, alone or in turn with other replicas; as <see cref="PortAlias"/> texts with commas between.</summary>
    public const string PortsLabel = "provider-agent.ports";

    /// <summary>Ports under which siblings reach it although it listens on others; written alike.</summary>
    public const string AliasesLabel = "provider-agent.port-aliases";

    /// <summary>Ports on which it listens for what comes by host name, in the order of the manifest that it was made from, with commas between.</summary>
    public const string WebPortsLabel = "provider-agent.web-ports";

    public const string VolumeLabel = "provider-agent.volume";
    public const string VolumeClassLabel = "provider-agent.volume-class";

    /// <summary>Leased size in bytes.</summary>
    public const string VolumeSizeLabel = "provider-agent.volume-size";

    /// <summary>Key and size of the file system that a container's layer lies on, where it has one of its own.</summary>
    public const string LayerLabel = "provider-agent.layer";

    /// <summary>Every bridge of a tenant starts with this; the firewall rules match on it.</summary>
    public const string BridgePrefix = "lt-";

    /// <summary>8 hex digits that stand for the lease where its id is too long.</summary>
    public static string ShortHash(LeaseId lease) => ShortHash(lease.ToString());

    /// <summary>8 hex digits that stand for a provider account.</summary>
    public static string ShortHash(AccountAddress account) => ShortHash(account.Value);

    /// <summary>Interface name of the lease's bridge; 11 characters, the kernel allows 15.</summary>
    public static string Bridge(LeaseId lease) => BridgePrefix + ShortHash(lease);

    public static string Network(LeaseId lease) => $"pa-{ShortHash(lease)}";

    public static string Container(LeaseId lease, string service, int replica) =>
        string.Create(CultureInfo.InvariantCulture, $"pa-{ShortHash(lease)}-{service}-{replica}");

    /// <summary>Of a persistent volume: each replica has its own.</summary>
    public static string Volume(LeaseId lease, string service, string volume, int replica) =>
        string.Create(CultureInfo.InvariantCulture, $"pa-{ShortHash(lease)}-{service}-{ShortHash(volume)}-{replica}");

    /// <summary>What tenants see as the name of a replica: <c>web-0</c>.</summary>
    public static string Instance(string service, int replica) => string.Create(CultureInfo.InvariantCulture, $"{service}-{replica}");

    private static string ShortHash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, 4));

    /// <summary>Labels of the lease's network, and the base of its containers' labels.</summary>
    public static Dictionary<string, string> Labels(LeaseId lease) => new(StringComparer.Ordinal)
    {
        [SchemaLabel] = Schema,
        [ProviderLabel] = lease.Provider.Value,
        [LeaseLabel] = lease.ToString(),
    };
}
