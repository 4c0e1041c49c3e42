using ProviderAgent.Inventory;

namespace ProviderAgent.Workloads;

/// <summary>How tenants' disks stand.</summary>
public interface ITenantDisks
{
    /// <summary>Writable layers and scratch folders are held to their size.</summary>
    bool EnforcesLayers { get; }

    /// <summary>Persistent volumes are held to their size.</summary>
    bool EnforcesVolumes { get; }

    /// <summary>What is wrong, one line each, for the operator.</summary>
    IEnumerable<string> Problems { get; }

    /// <summary>Each way to limit disks, and what stands in its way on this host.</summary>
    IReadOnlyList<DiskFinding> Findings { get; }

    /// <summary>What may be sold of the disk.</summary>
    StorageTerms Terms { get; }

    /// <summary>The disk of a volume, by the engine's name for it; null when it has none of its own, or it was not seen yet.</summary>
    HostDisk? FindVolume(string name);

    /// <summary>The disk under a container's layer; null when it has none.</summary>
    HostDisk? FindLayer(string key);

    /// <summary>Volumes that were set aside when their lease ended.</summary>
    IReadOnlyList<HostDisk> Kept { get; }
}
