namespace ProviderAgent.Bench.OrderToBid;

/// <summary>One call of the daemon to its node.</summary>
/// <param name="Start">Timestamp of when the node had the whole question.</param>
/// <param name="End">Timestamp of when the answer had left the node.</param>
/// <param name="Body">The question.</param>
internal sealed record NodeCall(long Start, long End, byte[] Body);
