namespace ProviderAgent.Metering;

/// <summary>All running leases of this provider, read in one go.</summary>
/// <param name="Tick">The market's time, read before everything else.</param>
/// <param name="All">Every active or reclaiming lease.</param>
/// <param name="Leases">Those of them whose escrow is known too: only these can be decided on.</param>
public sealed record LeaseAccounts(MarketTick Tick, IReadOnlyDictionary<LeaseId, LeaseAccount> All, IReadOnlyList<RunningLease> Leases)
{
    /// <summary>Reads them: all or nothing. Only a deployment that the market does not know leaves its leases undecided.</summary>
    /// <exception cref="MarketUnavailableException">The market could not be asked.</exception>
    public static async Task<LeaseAccounts> ReadAsync(IMarketplace market, CancellationToken ct)
    {
        var tick = await market.GetTickAsync(ct).ConfigureAwait(false);
        var accounts = new Dictionary<LeaseId, LeaseAccount>();
        foreach (var state in new[] { LeaseState.Active, LeaseState.Reclaiming })
        {
            // A lease that changes over between the two lists may be in both: the later one counts.
            await foreach (var account in market.ListOwnLeasesAsync(state, ct).ConfigureAwait(false)) accounts[account.Lease.Id] = account;
        }

        var running = new List<RunningLease>(accounts.Count);
        foreach (var group in accounts.Values.GroupBy(account => account.Lease.Id.Deployment))
        {
            if (await market.FindDeploymentAsync(group.Key, ct).ConfigureAwait(false) is not { } deployment) continue;
            foreach (var account in group) running.Add(RunningLease.Judge(account, [.. group], deployment, tick, market.Clock));
        }

        return new(tick, accounts, running);
    }
}
