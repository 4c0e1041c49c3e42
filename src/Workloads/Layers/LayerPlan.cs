using ProviderAgent.Docker.Models;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Workloads;

/// <summary>What a new container needs so that it keeps to its disk space.</summary>
internal sealed record LayerPlan
{
    /// <summary>Nothing is limited.</summary>
    public static LayerPlan Free(IEnumerable<string> scratch) => new() { Mounts = [.. scratch.Select(path => new Mount { Type = "volume", Target = path })] };

    /// <summary>Key of its file system; null when it has none.</summary>
    public string? Key { get; init; }

    /// <summary>Size of that, or of what the engine limits.</summary>
    public ByteSize Size { get; init; }

    /// <summary>The file system goes under the layer; else it only holds the scratch folders.</summary>
    public bool CoversLayer { get; init; }

    /// <summary>For the engine's own limit; null without.</summary>
    public IDictionary<string, string>? StorageOpt { get; init; }

    /// <summary>The scratch folders.</summary>
    public IReadOnlyList<Mount> Mounts { get; init; } = [];
}
