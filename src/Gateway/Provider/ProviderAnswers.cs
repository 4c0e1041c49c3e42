using System.Text.Json.Serialization;

namespace ProviderAgent.Gateway;

/// <summary>Body of <c>/version</c>. The members are those of the market's reference provider; tools read version and SDK version.</summary>
internal sealed record VersionAnswer(BuildAnswer Akash, object? Kube);

internal sealed record BuildAnswer(
    string Name,
    string ServerName,
    string Version,
    string Commit,
    string BuildTags,
    string Go,
    IReadOnlyList<string> BuildDeps,
    string CosmosSdkVersion);

internal sealed record AddressAnswer(string Address);

/// <summary>Body of <c>/status</c>.</summary>
internal sealed record StatusAnswer(ClusterAnswer Cluster, OrdersAnswer Bidengine, DeploymentsAnswer Manifest)
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? ClusterPublicHostname { get; init; }

    /// <summary>Nanoseconds.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? ReclamationWindow { get; init; }

    public required string Address { get; init; }
}

internal sealed record ClusterAnswer(int Leases, InventoryAnswer Inventory);

internal sealed record OrdersAnswer(int Orders);

internal sealed record DeploymentsAnswer(int Deployments);

internal sealed record InventoryAnswer(AvailableAnswer Available)
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<ResourcesAnswer>? Active { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<ResourcesAnswer>? Pending { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Error { get; init; }
}

internal sealed record AvailableAnswer
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<NodeAnswer>? Nodes { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<StorageAnswer>? Storage { get; init; }
}

internal sealed record NodeAnswer(string Name, ResourcesAnswer Allocatable, ResourcesAnswer Available);

internal sealed record StorageAnswer(string Class, long Size);

internal sealed record ResourcesAnswer(long Cpu, int Gpu, long Memory, long StorageEphemeral)
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyDictionary<string, long>? Storage { get; init; }
}
