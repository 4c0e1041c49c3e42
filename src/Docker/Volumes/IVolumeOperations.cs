using ProviderAgent.Docker.Models;

namespace ProviderAgent.Docker;

/// <summary>Named volumes.</summary>
public interface IVolumeOperations
{
    Task<VolumesListResponse> ListAsync(CancellationToken cancellationToken);

    /// <inheritdoc cref="ListAsync(CancellationToken)"/>
    Task<VolumesListResponse> ListAsync(VolumesListParameters parameters, CancellationToken cancellationToken);

    /// <summary>Makes a volume, or gives back the one that has the name already, with <i>its</i> labels and options: compare them.</summary>
    Task<VolumeResponse> CreateAsync(VolumesCreateParameters parameters, CancellationToken cancellationToken);

    /// <exception cref="DockerVolumeNotFoundException">No such volume.</exception>
    Task<VolumeResponse> InspectAsync(string name, CancellationToken cancellationToken);

    /// <param name="name">The volume.</param>
    /// <param name="force">True does not remove a volume in use either.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>False when it was gone already; with <paramref name="force"/> the engine does not tell and the result is true.</returns>
    /// <exception cref="DockerApiException">Conflict: a container uses it.</exception>
    Task<bool> RemoveAsync(string name, bool? force, CancellationToken cancellationToken);
}
