namespace ProviderAgent.Devnet.Rpc;

/// <summary>The call was carried out, and its answer is thrown away on purpose: the connection is cut.</summary>
internal sealed class ReplyDroppedException : Exception;
