using System.Net;

namespace ProviderAgent.Gateway;

/// <summary>Where the gateway listens.</summary>
public interface IGatewayListener
{
    /// <summary>The bound address with its real port; null before the start and after the stop.</summary>
    IPEndPoint? Endpoint { get; }
}
