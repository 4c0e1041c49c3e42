using System.Net;
using ProviderAgent.Docker.Models;

namespace ProviderAgent.Docker;

/// <inheritdoc cref="IContainerOperations"/>
internal sealed partial class ContainerOperations(EngineTransport transport) : IContainerOperations
{
    /// <summary>The engine's own grace where neither the call nor the container names one.</summary>
    private const uint DefaultGraceSeconds = 10;

    private DockerClientTimeouts Limits => transport.Timeouts;

    public Task<IList<ContainerListResponse>> ListContainersAsync(ContainersListParameters parameters, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        var query = new Query().Add("all", parameters.All).Add("limit", parameters.Limit).Add("size", parameters.Size).Add("filters", parameters.Filters);
        return transport.ReadAsync<IList<ContainerListResponse>>(
            new EngineRequest("container_list", HttpMethod.Get, "/containers/json", Limits.Query) { Query = query }, cancellationToken);
    }

    public Task<CreateContainerResponse> CreateContainerAsync(CreateContainerParameters parameters, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        var request = new EngineRequest("container_create", HttpMethod.Post, "/containers/create", Limits.Change)
        {
            Query = new Query().Add("name", parameters.Name).Add("platform", parameters.Platform),
            Content = DockerJson.Content(parameters),
        };
        return transport.ReadAsync<CreateContainerResponse>(request, cancellationToken);
    }

    public Task<ContainerInspectResponse> InspectContainerAsync(string id, CancellationToken cancellationToken) =>
        InspectContainerAsync(id, new ContainerInspectParameters(), cancellationToken);

    public Task<ContainerInspectResponse> InspectContainerAsync(string id, ContainerInspectParameters parameters, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        var request = Request("container_inspect", HttpMethod.Get, id, "json", Limits.Query) with { Query = new Query().Add("size", parameters.IncludeSize) };
        return transport.ReadAsync<ContainerInspectResponse>(request, cancellationToken);
    }

    public async Task<bool> StartContainerAsync(string id, ContainerStartParameters parameters, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        var request = Request("container_start", HttpMethod.Post, id, "start", Limits.Start) with
        {
            Query = new Query().Add("detachKeys", parameters.DetachKeys),
            NotFound = NotFoundSubject.Unclear,
        };
        return await transport.ExecuteSlowlyAsync(request, cancellationToken).ConfigureAwait(false) != HttpStatusCode.NotModified;
    }

    public async Task<bool> StopContainerAsync(string id, ContainerStopParameters parameters, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        var limit = TimeSpan.FromSeconds(parameters.WaitBeforeKillSeconds ?? DefaultGraceSeconds) + Limits.StopMargin;
        var request = Request("container_stop", HttpMethod.Post, id, "stop", limit) with { Query = new Query().Add("t", parameters.WaitBeforeKillSeconds) };
        return await transport.ExecuteSlowlyAsync(request, cancellationToken).ConfigureAwait(false) != HttpStatusCode.NotModified;
    }

    public Task KillContainerAsync(string id, ContainerKillParameters parameters, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        var request = Request("container_kill", HttpMethod.Post, id, "kill", Limits.Change) with { Query = new Query().Add("signal", parameters.Signal) };
        return transport.ExecuteAsync(request, cancellationToken);
    }

    public async Task<bool> RemoveContainerAsync(string id, ContainerRemoveParameters parameters, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        var request = new EngineRequest("container_remove", HttpMethod.Delete, $"/containers/{ResourceName.Segment(id)}", Limits.Remove)
        {
            Query = new Query().Add("v", parameters.RemoveVolumes).Add("force", parameters.Force),
            GoneIsDone = true,
        };
        return await transport.ExecuteSlowlyAsync(request, cancellationToken).ConfigureAwait(false) != HttpStatusCode.NotFound;
    }

    public Task RenameContainerAsync(string id, ContainerRenameParameters parameters, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        var request = Request("container_rename", HttpMethod.Post, id, "rename", Limits.Change) with { Query = new Query().Add("name", parameters.NewName) };
        return transport.ExecuteAsync(request, cancellationToken);
    }

    public Task<ContainerUpdateResponse> UpdateContainerAsync(string id, ContainerUpdateParameters parameters, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        var request = Request("container_update", HttpMethod.Post, id, "update", Limits.Change) with { Content = DockerJson.Content(parameters) };
        return transport.ReadAsync<ContainerUpdateResponse>(request, cancellationToken);
    }

    public Task PauseContainerAsync(string id, CancellationToken cancellationToken) =>
        transport.ExecuteAsync(Request("container_pause", HttpMethod.Post, id, "pause", Limits.Change), cancellationToken);

    public Task UnpauseContainerAsync(string id, CancellationToken cancellationToken) =>
        transport.ExecuteAsync(Request("container_unpause", HttpMethod.Post, id, "unpause", Limits.Change), cancellationToken);

    public Task ResizeContainerTtyAsync(string id, ContainerResizeParameters parameters, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        var query = new Query().Add("h", parameters.Height).Add("w", parameters.Width);
        return transport.ExecuteAsync(Request("container_resize", HttpMethod.Post, id, "resize", Limits.Query) with { Query = query }, cancellationToken);
    }

    private static EngineRequest Request(string operation, HttpMethod method, string id, string action, TimeSpan limit) =>
        new(operation, method, $"/containers/{ResourceName.Segment(id)}/{action}", limit) { NotFound = NotFoundSubject.Container };
}
