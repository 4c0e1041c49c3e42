namespace ProviderAgent.Workloads;

/// <summary>Something of this host stands in the way of a lease; only its operator can mend it. The message is for the tenant.</summary>
public sealed class HostFaultException(string message) : Exception(message);
