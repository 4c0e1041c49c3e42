using ProviderAgent.Docker.Models;

namespace ProviderAgent.Docker;

/// <summary>Further processes in running containers.</summary>
/// <remarks>A client that goes away does not end the process, and the engine has no call that does: signal the session's <c>Pid</c>.</remarks>
public interface IExecOperations
{
    /// <param name="id">The container.</param>
    /// <param name="parameters">What to run.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="DockerContainerNotFoundException">No such container.</exception>
    /// <exception cref="DockerApiException">Conflict: it is paused or not running.</exception>
    Task<ContainerExecCreateResponse> ExecCreateContainerAsync(string id, ContainerExecCreateParameters parameters, CancellationToken cancellationToken);

    /// <summary>Starts a session without its streams.</summary>
    Task StartContainerExecAsync(string id, CancellationToken cancellationToken);

    /// <summary>Starts a session and joins its streams. A command that cannot be run shows as output and as exit code 126 or 127.</summary>
    /// <param name="id">The session.</param>
    /// <param name="tty">As in the session's parameters.</param>
    /// <param name="cancellationToken">For the opening; reads and writes have their own.</param>
    Task<MultiplexedStream> StartAndAttachContainerExecAsync(string id, bool tty, CancellationToken cancellationToken);

    /// <summary>Size of the session's terminal; only after its start.</summary>
    Task ResizeContainerExecTtyAsync(string id, ContainerResizeParameters parameters, CancellationToken cancellationToken);

    /// <exception cref="DockerApiException">NotFound: no such session, or its container was removed.</exception>
    Task<ContainerExecInspectResponse> InspectContainerExecAsync(string id, CancellationToken cancellationToken);
}
