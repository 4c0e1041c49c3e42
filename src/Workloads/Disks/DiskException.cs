namespace ProviderAgent.Workloads;

/// <summary>A tenant's disk cannot be made, mounted or removed now. The message says why and what to do.</summary>
public sealed class DiskException(string message, Exception? inner = null) : Exception(message, inner);
