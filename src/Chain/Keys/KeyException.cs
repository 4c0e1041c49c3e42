namespace ProviderAgent.Chain.Keys;

/// <summary>The signing key cannot be read, made or used. The message names the cause and the fix and never holds key material.</summary>
public sealed class KeyException(string message, Exception? inner = null) : Exception(message, inner);
