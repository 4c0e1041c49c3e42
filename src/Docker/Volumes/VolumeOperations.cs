using System.Net;
using ProviderAgent.Docker.Models;

namespace ProviderAgent.Docker;

/// <inheritdoc cref="IVolumeOperations"/>
internal sealed class VolumeOperations(EngineTransport transport) : IVolumeOperations
{
    private DockerClientTimeouts Limits => transport.Timeouts;

    public Task<VolumesListResponse> ListAsync(CancellationToken cancellationToken) => ListAsync(new VolumesListParameters(), cancellationToken);

    public Task<VolumesListResponse> ListAsync(VolumesListParameters parameters, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        return transport.ReadAsync<VolumesListResponse>(
            new EngineRequest("volume_list", HttpMethod.Get, "/volumes", Limits.Query) { Query = new Query().Add("filters", parameters.Filters) },
            cancellationToken);
    }

    public Task<VolumeResponse> CreateAsync(VolumesCreateParameters parameters, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        var request = new EngineRequest("volume_create", HttpMethod.Post, "/volumes/create", Limits.Change) { Content = DockerJson.Content(parameters) };
        return transport.ReadAsync<VolumeResponse>(request, cancellationToken);
    }

    public Task<VolumeResponse> InspectAsync(string name, CancellationToken cancellationToken) =>
        transport.ReadAsync<VolumeResponse>(
            new EngineRequest("volume_inspect", HttpMethod.Get, Path(name), Limits.Query) { NotFound = NotFoundSubject.Volume }, cancellationToken);

    public async Task<bool> RemoveAsync(string name, bool? force, CancellationToken cancellationToken)
    {
        var request = new EngineRequest("volume_remove", HttpMethod.Delete, Path(name), Limits.Remove)
        {
            Query = new Query().Add("force", force),
            GoneIsDone = true,
        };
        return await transport.ExecuteSlowlyAsync(request, cancellationToken).ConfigureAwait(false) != HttpStatusCode.NotFound;
    }

    private static string Path(string name) => $"/volumes/{ResourceName.Segment(name, nameof(name))}";
}
