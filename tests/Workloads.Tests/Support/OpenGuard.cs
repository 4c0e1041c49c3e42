namespace ProviderAgent.Workloads.Tests.Support;

/// <summary>No firewall, for tests that are about something else and run beside those that are about it: there is one table for the machine.</summary>
internal sealed class OpenGuard : INetworkGuard
{
    public Task<bool> EnsureAsync(NetworkGuardRules rules, CancellationToken ct) => Task.FromResult(false);

    public Task<IReadOnlyList<GuardCount>> ReadAsync(CancellationToken ct) => Task.FromResult<IReadOnlyList<GuardCount>>([]);
}
