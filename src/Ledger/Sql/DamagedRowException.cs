namespace ProviderAgent.Ledger;

/// <summary>A stored value does not have the form it was written in.</summary>
internal sealed class DamagedRowException(string message) : Exception(message);
