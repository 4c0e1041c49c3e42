namespace ProviderAgent.Gateway;

/// <summary>The gateway cannot listen where the configuration says. The message names the key and the fix.</summary>
public sealed class GatewayListenException : Exception
{
    public GatewayListenException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}
