namespace ProviderAgent.Workloads;

/// <summary>Puts the firewall between tenants and everything that is not theirs.</summary>
public interface INetworkGuard
{
    /// <summary>Makes the rules be in place. Cheap when they already are.</summary>
    /// <exception cref="NetworkGuardException">They are not in place; no container of a tenant may start.</exception>
    Task EnsureAsync(NetworkGuardRules rules, CancellationToken ct);
}

/// <summary>The firewall rules could not be put in place. The message says why and what to do.</summary>
public sealed class NetworkGuardException(string message, Exception? inner = null) : Exception(message, inner);
