using ProviderAgent.Docker.Models;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Workloads;

/// <summary>Where persistent volumes live. One way to make them for each kind of host; this is the seam between them.</summary>
internal interface IVolumeBackend
{
    /// <summary>Makes the volume unless it is there. What is in it is never touched.</summary>
    /// <exception cref="VolumeUnusableException">Something else has its name, or it is not what was leased.</exception>
    /// <exception cref="DiskException">Its disk could not be made.</exception>
    /// <exception cref="Docker.EngineException">It could not be made.</exception>
    Task EnsureAsync(LeaseId lease, VolumeMount volume, CancellationToken ct);

    /// <summary>Makes sure that a volume which exists can be mounted: after the host was started anew its device has to be made again.</summary>
    /// <inheritdoc cref="EnsureAsync" path="/exception"/>
    Task ReadyAsync(VolumeResponse volume, CancellationToken ct);

    /// <summary>Removes it with everything in it; without effect when it is gone.</summary>
    /// <param name="name">The engine's name for it.</param>
    /// <param name="keep">Set what is in it aside for the grace period, where this backend can.</param>
    /// <param name="ct">Ends the waiting.</param>
    /// <exception cref="DiskException">It is still in use.</exception>
    /// <exception cref="Docker.EngineException">It is still there, for example because a container uses it.</exception>
    Task RemoveAsync(string name, bool keep, CancellationToken ct);
}

/// <summary>A volume of the lease's name exists, but is not the lease's, or not what it was. Nothing is run on it.</summary>
public sealed class VolumeUnusableException(string message) : Exception(message);
