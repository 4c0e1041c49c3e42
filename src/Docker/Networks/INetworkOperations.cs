using ProviderAgent.Docker.Models;

namespace ProviderAgent.Docker;

/// <summary>Networks. Use ids: names need not be unique.</summary>
public interface INetworkOperations
{
    Task<IList<NetworkResponse>> ListNetworksAsync(NetworksListParameters? parameters, CancellationToken cancellationToken);

    /// <exception cref="DockerNetworkNotFoundException">No such network.</exception>
    Task<NetworkResponse> InspectNetworkAsync(string id, CancellationToken cancellationToken);

    /// <exception cref="DockerApiException">Conflict: the name is taken. Forbidden: the subnet overlaps. NotFound: the engine's address pools are
    /// used up.</exception>
    Task<NetworksCreateResponse> CreateNetworkAsync(NetworksCreateParameters parameters, CancellationToken cancellationToken);

    /// <returns>False when it was gone already.</returns>
    /// <exception cref="DockerApiException">Forbidden: containers are in it.</exception>
    Task<bool> DeleteNetworkAsync(string id, CancellationToken cancellationToken);

    /// <exception cref="DockerNetworkNotFoundException">No such network.</exception>
    /// <exception cref="DockerContainerNotFoundException">No such container.</exception>
    Task ConnectNetworkAsync(string id, NetworkConnectParameters parameters, CancellationToken cancellationToken);

    /// <inheritdoc cref="ConnectNetworkAsync"/>
    Task DisconnectNetworkAsync(string id, NetworkDisconnectParameters parameters, CancellationToken cancellationToken);
}
