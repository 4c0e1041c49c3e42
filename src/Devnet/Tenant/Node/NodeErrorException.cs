namespace ProviderAgent.Devnet.Tenant.Node;

/// <summary>The node answered with an error; the message is its own text.</summary>
internal sealed class NodeErrorException(string message) : Exception(message);
