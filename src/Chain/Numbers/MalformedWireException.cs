namespace ProviderAgent.Chain.Numbers;

/// <summary>Something on the wire is not what the chain's own rules allow: a hostile order, a damaged answer, or a newer chain.</summary>
/// <remarks>Stays inside this room: lists leave the entry out, single look-ups report the market as unreadable, events are skipped.</remarks>
internal sealed class MalformedWireException(string message) : Exception(message);
