using ProviderAgent.Docker.Models;

namespace ProviderAgent.Docker;

/// <summary>Containers. An <c>id</c> may also be a name or the unique beginning of an id.</summary>
/// <remarks>Calls on a container that does not exist throw <see cref="DockerContainerNotFoundException"/> unless they say otherwise.</remarks>
public interface IContainerOperations
{
    Task<IList<ContainerListResponse>> ListContainersAsync(ContainersListParameters parameters, CancellationToken cancellationToken);

    /// <summary>Makes a container. Most mistakes (GPU driver, mounts, seccomp) only show at its start.</summary>
    /// <exception cref="DockerImageNotFoundException">The image is not on this host.</exception>
    /// <exception cref="DockerApiException">Conflict: the name is taken.</exception>
    Task<CreateContainerResponse> CreateContainerAsync(CreateContainerParameters parameters, CancellationToken cancellationToken);

    Task<ContainerInspectResponse> InspectContainerAsync(string id, CancellationToken cancellationToken);

    /// <inheritdoc cref="InspectContainerAsync(string, CancellationToken)"/>
    Task<ContainerInspectResponse> InspectContainerAsync(string id, ContainerInspectParameters parameters, CancellationToken cancellationToken);

    /// <summary>Starts a container. After a failure it stays in state <c>created</c>, with the reason in its state's error.</summary>
    /// <returns>False when it was running already.</returns>
    /// <exception cref="DockerNetworkNotFoundException">A network that it should join is gone.</exception>
    Task<bool> StartContainerAsync(string id, ContainerStartParameters parameters, CancellationToken cancellationToken);

    /// <summary>Stops a container: its stop signal, the grace, KILL. The deadline is grace plus <see cref="DockerClientTimeouts.StopMargin"/>.</summary>
    /// <returns>False when it was not running.</returns>
    Task<bool> StopContainerAsync(string id, ContainerStopParameters parameters, CancellationToken cancellationToken);

    /// <exception cref="DockerApiException">Conflict: it is not running.</exception>
    Task KillContainerAsync(string id, ContainerKillParameters parameters, CancellationToken cancellationToken);

    /// <returns>False when it was gone already.</returns>
    /// <exception cref="DockerApiException">Conflict: it runs, or somebody else is removing it (look again until it is gone).</exception>
    Task<bool> RemoveContainerAsync(string id, ContainerRemoveParameters parameters, CancellationToken cancellationToken);

    Task RenameContainerAsync(string id, ContainerRenameParameters parameters, CancellationToken cancellationToken);

    /// <summary>Changes limits of a live container.</summary>
    Task<ContainerUpdateResponse> UpdateContainerAsync(string id, ContainerUpdateParameters parameters, CancellationToken cancellationToken);

    Task PauseContainerAsync(string id, CancellationToken cancellationToken);

    Task UnpauseContainerAsync(string id, CancellationToken cancellationToken);

    /// <summary>Waits, without a limit of its own, until the container is not running.</summary>
    /// <exception cref="EngineUnavailableException">The engine went away meanwhile: ask again.</exception>
    Task<ContainerWaitResponse> WaitContainerAsync(string id, CancellationToken cancellationToken);

    /// <inheritdoc cref="WaitContainerAsync(string, CancellationToken)"/>
    Task<ContainerWaitResponse> WaitContainerAsync(string id, ContainerWaitParameters parameters, CancellationToken cancellationToken);

    /// <summary>Opens the container's log. See <see cref="ContainerLogReader"/> for lines.</summary>
    /// <param name="id">The container.</param>
    /// <param name="tty">Its <see cref="Config.Tty"/>: decides whether the stream has frames.</param>
    /// <param name="parameters">What to read.</param>
    /// <param name="cancellationToken">For the opening; reads have their own.</param>
    Task<MultiplexedStream> GetContainerLogsAsync(string id, bool tty, ContainerLogsParameters parameters, CancellationToken cancellationToken);

    /// <summary>Joins the terminal or the standard streams of the main process.</summary>
    /// <inheritdoc cref="GetContainerLogsAsync"/>
    Task<MultiplexedStream> AttachContainerAsync(string id, bool tty, ContainerAttachParameters parameters, CancellationToken cancellationToken);

    /// <summary>Size of the main process's terminal.</summary>
    Task ResizeContainerTtyAsync(string id, ContainerResizeParameters parameters, CancellationToken cancellationToken);

    /// <summary>Reads a path as a tar, also from a container that does not run.</summary>
    /// <param name="id">The container.</param>
    /// <param name="parameters">The path.</param>
    /// <param name="statOnly">True: only what lies there.</param>
    /// <param name="cancellationToken">For the opening; reads have their own.</param>
    /// <exception cref="DockerApiException">NotFound without a more exact type: no such path.</exception>
    Task<GetArchiveFromContainerResponse> GetArchiveFromContainerAsync(
        string id, GetArchiveFromContainerParameters parameters, bool statOnly, CancellationToken cancellationToken);

    /// <summary>Unpacks a tar in a directory of the container; works on a created one, too.</summary>
    /// <remarks>Limited by progress (<see cref="DockerClientTimeouts.Idle"/>), not by length.</remarks>
    /// <exception cref="DockerApiException">NotFound without a more exact type: no such directory.</exception>
    Task ExtractArchiveToContainerAsync(string id, ContainerPathStatParameters parameters, Stream stream, CancellationToken cancellationToken);
}
