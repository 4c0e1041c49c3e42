using Microsoft.Extensions.Diagnostics.HealthChecks;
using ProviderAgent.Bidding;
using ProviderAgent.Ledger;
using ProviderAgent.Marketplace;
using ProviderAgent.Workloads;

namespace ProviderAgent.Hosting;

/// <summary>Whether the provider can do its whole job now. Says nothing about whether it should be restarted.</summary>
internal sealed class ReadinessChecks(IMarketplace market, IWorkloads workloads, LedgerDatabase ledger, IBiddingStatus bidding) : IHealthCheck
{
    /// <summary>Tag of the checks behind <c>/readyz</c>.</summary>
    public const string ReadyTag = "ready";

    /// <inheritdoc/>
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var missing = new List<string>();
        if (market.Health is { IsReachable: false, Detail: var detail }) missing.Add($"the chain does not answer ({detail})");
        if (workloads.Snapshot.IsStale) missing.Add("the container engine does not answer");
        if (ledger.Health is { IsWritable: false, Detail: var storage }) missing.Add($"the ledger cannot be written ({storage})");
        if (!bidding.Current.IsReady) missing.Add("bids and leases of the market are still being read");
        return Task.FromResult(missing.Count == 0 ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy(string.Join("; ", missing)));
    }
}
