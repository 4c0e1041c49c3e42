using System.Diagnostics.Metrics;
using Microsoft.Extensions.Hosting;
using ProviderAgent.Chain.Endpoints;
using ProviderAgent.Chain.Following;
using ProviderAgent.Chain.Sending;

namespace ProviderAgent.Chain;

/// <summary>Values that are read when metrics are collected.</summary>
internal sealed class ChainGauges(ChainMetrics metrics, EndpointPool pool, HeadWatcher heads, TickMeter meter, SenderState sender, TimeProvider time) : IHostedService
{
    /// <summary>Begins to offer them.</summary>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        var instruments = metrics.Meter;
        instruments.CreateObservableGauge("provider_chain_height_blocks", () => heads.Head?.Height ?? 0, description: "Latest block of the endpoint in use.");
        instruments.CreateObservableGauge("provider_chain_lag_blocks", Lag, description: "Blocks between the latest one and the last one whose events were handed on.");
        instruments.CreateObservableGauge("provider_chain_block_age_seconds", Age, description: "Age of the latest block by this machine's clock.");
        instruments.CreateObservableGauge("provider_chain_block_time_seconds", () => meter.Clock.TickLength.TotalSeconds, description: "Mean time between blocks.");
        instruments.CreateObservableGauge("provider_chain_endpoint_up", () => Each(endpoint => endpoint.State.IsGood ? 1L : 0L), description: "1 while an endpoint answers and keeps up.");
        instruments.CreateObservableGauge("provider_chain_endpoint_score", () => Each(endpoint => pool.Score(endpoint).Value), description: "0 (of no use) to 100, from lag, age of the latest block, latency, failures and history.");
        instruments.CreateObservableGauge("provider_chain_blocks_missed", () => metrics.BlocksMissed, description: "Blocks whose events were never handed on, because no endpoint had them any more or too many had passed.");
        instruments.CreateObservableGauge(
            "provider_chain_endpoint_height_blocks", () => Each(endpoint => endpoint.State.Status?.LatestHeight ?? 0), description: "Latest block that an endpoint has told of.");
        instruments.CreateObservableGauge("provider_chain_budget_spent", () => metrics.IsBudgetSpent ? 1L : 0L, description: "1 while bids are held back because fees or deposits have used up their budget.");
        instruments.CreateObservableGauge("provider_chain_kinds_stopped", () => (long)metrics.KindsHeldBack, description: "Kinds of actions that are held back because several failed in blocks for one reason.");
        instruments.CreateObservableGauge("provider_chain_transactions_in_flight", () => (long)sender.InFlight.Count, description: "Transactions whose outcome is not known yet.");
        instruments.CreateObservableGauge("provider_chain_actions_waiting", () => (long)sender.Waiting.Count, description: "Actions that are in no transaction yet.");
        return Task.CompletedTask;
    }

    /// <summary>They end with their meter.</summary>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private long Lag() => heads.Head is { } head && metrics.FollowedTo > 0 ? Math.Max(0, head.Height - metrics.FollowedTo) : 0;

    private double Age() => heads.Head is { } head ? Math.Max(0, (time.GetUtcNow() - head.Time).TotalSeconds) : 0;

    // The number of endpoints is bounded by configuration, so they may be tags.
    private IEnumerable<Measurement<long>> Each(Func<Endpoint, long> value) =>
        pool.All.Select(endpoint => new Measurement<long>(value(endpoint), new KeyValuePair<string, object?>("endpoint", endpoint.Address.Authority)));
}
