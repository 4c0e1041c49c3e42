namespace ProviderAgent.Docker;

/// <summary>One engine. Thread-safe; one instance serves the whole process.</summary>
/// <remarks>
/// Every call has a deadline, throws <see cref="EngineException"/> for every failure, and is sent at most once: nothing is repeated behind the
/// caller's back. After an <see cref="EngineUnavailableException"/> with <see cref="EngineUnavailableReason.ConnectionLost"/> or
/// <see cref="EngineUnavailableReason.DeadlinePassed"/> a change may have happened or may still happen.
/// </remarks>
public interface IDockerClient : IDisposable
{
    DockerClientConfiguration Configuration { get; }

    IContainerOperations Containers { get; }

    IImageOperations Images { get; }

    INetworkOperations Networks { get; }

    IVolumeOperations Volumes { get; }

    IExecOperations Exec { get; }

    ISystemOperations System { get; }
}
