using System.Net;
using ProviderAgent.Docker.Models;

namespace ProviderAgent.Docker;

/// <inheritdoc cref="INetworkOperations"/>
internal sealed class NetworkOperations(EngineTransport transport) : INetworkOperations
{
    private DockerClientTimeouts Limits => transport.Timeouts;

    public Task<IList<NetworkResponse>> ListNetworksAsync(NetworksListParameters? parameters, CancellationToken cancellationToken) =>
        transport.ReadAsync<IList<NetworkResponse>>(
            new EngineRequest("network_list", HttpMethod.Get, "/networks", Limits.Query) { Query = new Query().Add("filters", parameters?.Filters) },
            cancellationToken);

    public Task<NetworkResponse> InspectNetworkAsync(string id, CancellationToken cancellationToken) =>
        transport.ReadAsync<NetworkResponse>(
            new EngineRequest("network_inspect", HttpMethod.Get, Path(id), Limits.Query) { NotFound = NotFoundSubject.Network }, cancellationToken);

    public Task<NetworksCreateResponse> CreateNetworkAsync(NetworksCreateParameters parameters, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        var request = new EngineRequest("network_create", HttpMethod.Post, "/networks/create", Limits.Change) { Content = DockerJson.Content(parameters) };
        return transport.ReadAsync<NetworksCreateResponse>(request, cancellationToken);
    }

    public async Task<bool> DeleteNetworkAsync(string id, CancellationToken cancellationToken)
    {
        var request = new EngineRequest("network_remove", HttpMethod.Delete, Path(id), Limits.Change) { GoneIsDone = true };
        return await transport.ExecuteAsync(request, cancellationToken).ConfigureAwait(false) != HttpStatusCode.NotFound;
    }

    public Task ConnectNetworkAsync(string id, NetworkConnectParameters parameters, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        var request = new EngineRequest("network_connect", HttpMethod.Post, $"{Path(id)}/connect", Limits.Change) { Content = DockerJson.Content(parameters) };
        return transport.ExecuteAsync(request, cancellationToken);
    }

    public Task DisconnectNetworkAsync(string id, NetworkDisconnectParameters parameters, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        var request = new EngineRequest("network_disconnect", HttpMethod.Post, $"{Path(id)}/disconnect", Limits.Change)
        {
            Content = DockerJson.Content(parameters),
        };
        return transport.ExecuteAsync(request, cancellationToken);
    }

    private static string Path(string id) => $"/networks/{ResourceName.Segment(id)}";
}
