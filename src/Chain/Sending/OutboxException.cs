namespace ProviderAgent.Chain.Sending;

/// <summary>A transaction could not be written down, so it was not sent.</summary>
internal sealed class OutboxException(string message, Exception inner) : Exception(message, inner);
