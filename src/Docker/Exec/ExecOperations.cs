using ProviderAgent.Docker.Models;

namespace ProviderAgent.Docker;

/// <inheritdoc cref="IExecOperations"/>
internal sealed class ExecOperations(EngineTransport transport) : IExecOperations
{
    private DockerClientTimeouts Limits => transport.Timeouts;

    public Task<ContainerExecCreateResponse> ExecCreateContainerAsync(
        string id, ContainerExecCreateParameters parameters, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        var request = new EngineRequest("exec_create", HttpMethod.Post, $"/containers/{ResourceName.Segment(id)}/exec", Limits.Change)
        {
            Content = DockerJson.Content(parameters),
            NotFound = NotFoundSubject.Container,
        };
        return transport.ReadAsync<ContainerExecCreateResponse>(request, cancellationToken);
    }

    public Task StartContainerExecAsync(string id, CancellationToken cancellationToken) =>
        transport.ExecuteSlowlyAsync(StartRequest(id, new ContainerExecStartParameters { Detach = true }, Limits.Start), cancellationToken);

    public async Task<MultiplexedStream> StartAndAttachContainerExecAsync(string id, bool tty, CancellationToken cancellationToken)
    {
        var request = StartRequest(id, new ContainerExecStartParameters { Tty = tty }, Limits.Query);
        return new MultiplexedStream(await transport.HijackAsync(request, cancellationToken).ConfigureAwait(false), multiplexed: !tty);
    }

    public Task ResizeContainerExecTtyAsync(string id, ContainerResizeParameters parameters, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        var request = new EngineRequest("exec_resize", HttpMethod.Post, $"{Path(id)}/resize", Limits.Change)
        {
            Query = new Query().Add("h", parameters.Height).Add("w", parameters.Width),
        };
        return transport.ExecuteAsync(request, cancellationToken);
    }

    public Task<ContainerExecInspectResponse> InspectContainerExecAsync(string id, CancellationToken cancellationToken) =>
        transport.ReadAsync<ContainerExecInspectResponse>(
            new EngineRequest("exec_inspect", HttpMethod.Get, $"{Path(id)}/json", Limits.Query), cancellationToken);

    private static EngineRequest StartRequest(string id, ContainerExecStartParameters parameters, TimeSpan limit) =>
        new("exec_start", HttpMethod.Post, $"{Path(id)}/start", limit) { Content = DockerJson.Content(parameters) };

    private static string Path(string id) => $"/exec/{ResourceName.Segment(id)}";
}
