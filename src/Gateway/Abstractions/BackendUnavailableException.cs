namespace ProviderAgent.Gateway;

/// <summary>What a port stands for cannot be reached now. Callers get 503 with the message, streams the close code 4002.</summary>
/// <remarks>The message goes to tenants: it names the cause, no secrets and no paths.</remarks>
public sealed class BackendUnavailableException : Exception
{
    public BackendUnavailableException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}
