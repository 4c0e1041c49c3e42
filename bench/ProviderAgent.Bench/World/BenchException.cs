namespace ProviderAgent.Bench.World;

/// <summary>A bench cannot be run here, or what it runs does not do its part. The message says which and why.</summary>
internal sealed class BenchException(string message, Exception? inner = null) : Exception(message, inner);
