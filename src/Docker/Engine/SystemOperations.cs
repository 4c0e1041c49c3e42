using ProviderAgent.Docker.Models;

namespace ProviderAgent.Docker;

/// <inheritdoc cref="ISystemOperations"/>
internal sealed class SystemOperations(EngineTransport transport) : ISystemOperations
{
    public Task PingAsync(CancellationToken cancellationToken) => transport.HandshakeAsync(cancellationToken);

    public Task<VersionResponse> GetVersionAsync(CancellationToken cancellationToken) =>
        transport.ReadAsync<VersionResponse>(new EngineRequest("version", HttpMethod.Get, "/version", transport.Timeouts.Query), cancellationToken);

    public Task<SystemInfoResponse> GetSystemInfoAsync(CancellationToken cancellationToken) =>
        transport.ReadAsync<SystemInfoResponse>(new EngineRequest("info", HttpMethod.Get, "/info", transport.Timeouts.Query), cancellationToken);

    public async Task MonitorEventsAsync(ContainerEventsParameters parameters, IProgress<Message> progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        ArgumentNullException.ThrowIfNull(progress);
        var request = new EngineRequest("events", HttpMethod.Get, "/events", transport.Timeouts.Query)
        {
            Query = new Query().Add("since", parameters.Since).Add("until", parameters.Until).Add("filters", parameters.Filters),
        };
        await using var answer = await transport.OpenAsync(request, idle: null, cancellationToken).ConfigureAwait(false);
        parameters.Opened?.Invoke();
        try
        {
            await JsonLines.ReadAsync(answer.Body, DockerJson.Type<Message>(), transport.Limits.MaxLineBytes, request.Operation, progress.Report, cancellationToken)
                .ConfigureAwait(false);
            if (parameters.Until is null) throw transport.Lost(request.Operation); // an endless stream that ends was cut, however politely
        }
        catch (EngineUnavailableException)
        {
            transport.ForgetVersion(); // behind an activated socket no call fails while the engine is replaced: this end is all that is seen of it
            throw;
        }
    }
}
