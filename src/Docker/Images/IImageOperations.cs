using ProviderAgent.Docker.Models;

namespace ProviderAgent.Docker;

/// <summary>Images. They are shared by all tenants: that an image is here says nothing about who may use it.</summary>
public interface IImageOperations
{
    Task<IList<ImagesListResponse>> ListImagesAsync(ImagesListParameters parameters, CancellationToken cancellationToken);

    /// <exception cref="DockerImageNotFoundException">Not on this host.</exception>
    Task<ImageInspectResponse> InspectImageAsync(string name, CancellationToken cancellationToken);

    /// <summary>Pulls an image. Cancelling closes the connection, which stops the engine's transfer.</summary>
    /// <param name="parameters">What to pull.</param>
    /// <param name="authConfig">Credentials of the registry; null for none.</param>
    /// <param name="progress">Told of each line, in order, before the next is read. Use <see cref="DirectProgress{T}"/>: the platform's own class
    /// reorders.</param>
    /// <param name="cancellationToken">Stops the pull.</param>
    /// <exception cref="DockerApiException">The registry or the engine refused, before (status 4xx, 5xx) or during the transfer; see
    /// <see cref="RegistryFailures"/>.</exception>
    /// <exception cref="StreamStalledException">No progress for <see cref="DockerClientTimeouts.Idle"/>.</exception>
    /// <remarks>Inspect afterwards: the platform that was asked for is not enforced by the engine.</remarks>
    Task CreateImageAsync(ImagesCreateParameters parameters, AuthConfig? authConfig, IProgress<JSONMessage> progress, CancellationToken cancellationToken);

    /// <summary>Makes an image of one layer from a tar.</summary>
    /// <inheritdoc cref="CreateImageAsync(ImagesCreateParameters, AuthConfig, IProgress{JSONMessage}, CancellationToken)"/>
    Task CreateImageAsync(
        ImagesCreateParameters parameters, Stream imageStream, AuthConfig? authConfig, IProgress<JSONMessage> progress, CancellationToken cancellationToken);

    /// <summary>Brings an image to its registry. Failures as for a pull.</summary>
    Task PushImageAsync(
        string name, ImagePushParameters parameters, AuthConfig? authConfig, IProgress<JSONMessage> progress, CancellationToken cancellationToken);

    /// <exception cref="DockerImageNotFoundException">No such source image.</exception>
    Task TagImageAsync(string name, ImageTagParameters parameters, CancellationToken cancellationToken);

    /// <summary>Takes a name from an image, and with its last name the image.</summary>
    /// <returns>Maps of <c>Untagged</c> or <c>Deleted</c>; empty when there was no such image.</returns>
    /// <exception cref="DockerApiException">Conflict: a container uses it.</exception>
    Task<IList<IDictionary<string, string>>> DeleteImageAsync(string name, ImageDeleteParameters parameters, CancellationToken cancellationToken);

    /// <summary>Asks the registry what a reference means now, with the tenant's own credentials.</summary>
    /// <exception cref="DockerApiException">Refused; see <see cref="RegistryFailures"/>. Wrong credentials are a 500 or a 403.</exception>
    Task<DistributionInspectResponse> InspectDistributionAsync(string name, AuthConfig? authConfig, CancellationToken cancellationToken);
}
