namespace ProviderAgent.Workloads;

/// <summary>Puts the firewall between tenants and everything that is not theirs.</summary>
public interface INetworkGuard
{
    /// <summary>Makes the rules be in place. Cheap when they already are.</summary>
    /// <returns>True when the whole table had to be loaded: the first time, after another policy, or because something else on this host took it away.</returns>
    /// <exception cref="NetworkGuardException">They are not in place; no container of a tenant may start.</exception>
    Task<bool> EnsureAsync(NetworkGuardRules rules, CancellationToken ct);

    /// <summary>What was counted of each lease since its rules were put in place.</summary>
    /// <exception cref="NetworkGuardException">It cannot be read.</exception>
    Task<IReadOnlyList<GuardCount>> ReadAsync(CancellationToken ct);
}

/// <param name="Bridge">The lease's bridge.</param>
/// <param name="Tally">What was counted.</param>
/// <param name="Count">How often.</param>
public sealed record GuardCount(string Bridge, GuardTally Tally, long Count);

/// <summary>The firewall rules could not be put in place. The message says why and what to do.</summary>
public sealed class NetworkGuardException(string message, Exception? inner = null) : Exception(message, inner);
