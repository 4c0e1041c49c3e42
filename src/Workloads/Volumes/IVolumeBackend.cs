using ProviderAgent.Marketplace;

namespace ProviderAgent.Workloads;

/// <summary>Where persistent volumes live. One way to make them for each kind of host; this is the seam between them.</summary>
public interface IVolumeBackend
{
    /// <summary>Whether a tenant is really held to the size of its volume.</summary>
    bool EnforcesSize { get; }

    /// <summary>Makes the volume unless it is there. What is in it is never touched.</summary>
    /// <exception cref="VolumeUnusableException">Something else has its name.</exception>
    /// <exception cref="Docker.EngineException">It could not be made.</exception>
    Task EnsureAsync(LeaseId lease, VolumeMount volume, CancellationToken ct);

    /// <summary>Removes it with everything in it; without effect when it is gone.</summary>
    /// <exception cref="Docker.EngineException">It is still there, for example because a container uses it.</exception>
    Task RemoveAsync(string name, CancellationToken ct);
}

/// <summary>A volume of the lease's name exists, but is not the lease's. Nothing is run on it.</summary>
public sealed class VolumeUnusableException(string message) : Exception(message);
