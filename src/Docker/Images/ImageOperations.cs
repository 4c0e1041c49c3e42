using ProviderAgent.Docker.Models;

namespace ProviderAgent.Docker;

/// <inheritdoc cref="IImageOperations"/>
internal sealed class ImageOperations(EngineTransport transport) : IImageOperations
{
    private DockerClientTimeouts Limits => transport.Timeouts;

    public Task<IList<ImagesListResponse>> ListImagesAsync(ImagesListParameters parameters, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        var query = new Query().Add("all", parameters.All).Add("digests", parameters.Digests).Add("filters", parameters.Filters);
        return transport.ReadAsync<IList<ImagesListResponse>>(
            new EngineRequest("image_list", HttpMethod.Get, "/images/json", Limits.Query) { Query = query }, cancellationToken);
    }

    public Task<ImageInspectResponse> InspectImageAsync(string name, CancellationToken cancellationToken) =>
        transport.ReadAsync<ImageInspectResponse>(
            new EngineRequest("image_inspect", HttpMethod.Get, $"/images/{ResourceName.Image(name)}/json", Limits.Query) { NotFound = NotFoundSubject.Image },
            cancellationToken);

    public Task CreateImageAsync(
        ImagesCreateParameters parameters, AuthConfig? authConfig, IProgress<JSONMessage> progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        ArgumentException.ThrowIfNullOrEmpty(parameters.FromImage, nameof(parameters));
        // Without either, the engine would pull every tag that the repository has.
        var tag = parameters.Tag ?? (ResourceName.HasTagOrDigest(parameters.FromImage) ? null : "latest");
        var request = new EngineRequest("image_pull", HttpMethod.Post, "/images/create", Limits.Registry)
        {
            Query = new Query().Add("fromImage", parameters.FromImage).Add("tag", tag).Add("platform", parameters.Platform),
            RegistryAuth = authConfig,
            NotFound = NotFoundSubject.Image,
        };
        return FollowAsync(request, progress, cancellationToken);
    }

    public Task CreateImageAsync(
        ImagesCreateParameters parameters, Stream imageStream, AuthConfig? authConfig, IProgress<JSONMessage> progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        ArgumentNullException.ThrowIfNull(imageStream);
        var query = new Query()
            .Add("fromSrc", "-").Add("repo", parameters.Repo).Add("tag", parameters.Tag)
            .Add("message", parameters.Message).Add("platform", parameters.Platform);
        foreach (var change in parameters.Changes ?? []) query.Add("changes", change);
        var request = new EngineRequest("image_import", HttpMethod.Post, "/images/create", Limits.Idle)
        {
            Query = query,
            Content = new UploadContent(imageStream),
            RegistryAuth = authConfig,
        };
        return FollowAsync(request, progress, cancellationToken);
    }

    public Task PushImageAsync(
        string name, ImagePushParameters parameters, AuthConfig? authConfig, IProgress<JSONMessage> progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        var request = new EngineRequest("image_push", HttpMethod.Post, $"/images/{ResourceName.Image(name)}/push", Limits.Registry)
        {
            Query = new Query().Add("tag", parameters.Tag),
            RegistryAuth = authConfig ?? new AuthConfig(), // a push without the header is refused
            NotFound = NotFoundSubject.Image,
        };
        return FollowAsync(request, progress, cancellationToken);
    }

    public Task TagImageAsync(string name, ImageTagParameters parameters, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        var request = new EngineRequest("image_tag", HttpMethod.Post, $"/images/{ResourceName.Image(name)}/tag", Limits.Change)
        {
            Query = new Query().Add("repo", parameters.RepositoryName).Add("tag", parameters.Tag),
            NotFound = NotFoundSubject.Image,
        };
        return transport.ExecuteAsync(request, cancellationToken);
    }

    public async Task<IList<IDictionary<string, string>>> DeleteImageAsync(string name, ImageDeleteParameters parameters, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        var request = new EngineRequest("image_delete", HttpMethod.Delete, $"/images/{ResourceName.Image(name)}", Limits.Remove)
        {
            Query = new Query().Add("force", parameters.Force).Add("noprune", parameters.NoPrune),
            NotFound = NotFoundSubject.Image,
        };
        try
        {
            return await transport.ReadSlowlyAsync<IList<IDictionary<string, string>>>(request, cancellationToken).ConfigureAwait(false);
        }
        catch (DockerImageNotFoundException)
        {
            return [];
        }
    }

    public Task<DistributionInspectResponse> InspectDistributionAsync(string name, AuthConfig? authConfig, CancellationToken cancellationToken)
    {
        var request = new EngineRequest("distribution_inspect", HttpMethod.Get, $"/distribution/{ResourceName.Image(name)}/json", Limits.Registry)
        {
            RegistryAuth = authConfig,
            NotFound = NotFoundSubject.Image,
        };
        return transport.ReadSlowlyAsync<DistributionInspectResponse>(request, cancellationToken);
    }

    private async Task FollowAsync(EngineRequest request, IProgress<JSONMessage> progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(progress);
        await using var answer = await transport.OpenAsync(request, Limits.Idle, cancellationToken).ConfigureAwait(false);
        await JsonLines.ReadAsync(answer.Body, DockerJson.Type<JSONMessage>(), transport.Limits.MaxLineBytes, request.Operation, Report, cancellationToken)
            .ConfigureAwait(false);

        // The engine has answered 200 long before it knew how this ends: a failure is one more line of the stream.
        void Report(JSONMessage line)
        {
            if ((line.Error?.Message ?? line.ErrorMessage ?? (line.Error is null ? null : $"error {line.Error.Code}")) is { } error)
            {
                throw new DockerStreamException(ErrorText.Clean(error, request.RegistryAuth), request.Operation);
            }

            progress.Report(line);
        }
    }
}
