namespace ProviderAgent.Chain.Keys;

/// <summary>The signing key cannot be read, made or used. The message names the cause and the fix and never holds key material.</summary>
public sealed class KeyException(string message, Exception? inner = null, bool isTransient = false) : Exception(message, inner)
{
    /// <summary>True when it may pass by itself: the key is in another process, which is not there now.</summary>
    public bool IsTransient { get; } = isTransient;
}
