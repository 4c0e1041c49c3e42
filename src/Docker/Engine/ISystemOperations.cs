using ProviderAgent.Docker.Models;

namespace ProviderAgent.Docker;

/// <summary>The engine as a whole.</summary>
public interface ISystemOperations
{
    /// <summary>Is it there, and does it speak a version that we do? Agrees on the version anew.</summary>
    /// <exception cref="EngineUnsupportedException">It is too old, or too new.</exception>
    Task PingAsync(CancellationToken cancellationToken);

    Task<VersionResponse> GetVersionAsync(CancellationToken cancellationToken);

    /// <summary>What the engine can enforce on this host. Read it before selling anything.</summary>
    Task<SystemInfoResponse> GetSystemInfoAsync(CancellationToken cancellationToken);

    /// <summary>Follows events until the engine ends the stream (only with <see cref="ContainerEventsParameters.Until"/>).</summary>
    /// <param name="parameters">Which events.</param>
    /// <param name="progress">Told of each event, in order, before the next is read: it must not take long. Use <see cref="DirectProgress{T}"/>.</param>
    /// <param name="cancellationToken">Ends the stream.</param>
    /// <exception cref="EngineUnavailableException">The stream was cut: list, compare, and follow again. Events were lost.</exception>
    Task MonitorEventsAsync(ContainerEventsParameters parameters, IProgress<Message> progress, CancellationToken cancellationToken);
}
