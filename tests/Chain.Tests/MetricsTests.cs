using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using ProviderAgent.Chain.Tests.Scripted;
using ProviderAgent.Chain.Tests.Sending;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Chain.Tests;

public sealed class MetricsTests
{
    [Fact]
    public async Task Instruments_AfterABid_TellOfIt()
    {
        var seen = new ConcurrentDictionary<string, double>();
        await using var fixture = await SenderFixture.CreateAsync();
        var meter = fixture.Host.Get<ChainMetrics>().Meter;
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, self) =>
            {
                if (ReferenceEquals(instrument.Meter, meter)) self.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => seen[Name(instrument, tags)] = value);
        listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => seen[Name(instrument, tags)] = value);
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => seen[Name(instrument, tags)] = value);
        listener.Start();

        var submitted = fixture.SubmitAsync(TestKeys.PlaceBid(1));
        await fixture.WaitForPoolAsync();
        fixture.Chain.Produce();
        Assert.IsType<ActionOutcome.Done>(await submitted);
        await foreach (var batch in fixture.Market.FollowAsync(new MarketPosition(100), CancellationToken.None))
        {
            Assert.Equal(101, batch.Position.Value);
            break;
        }

        listener.RecordObservableInstruments();

        Assert.Equal(1, seen["provider_chain_transactions_total outcome=included"]);
        Assert.Equal(1, seen["provider_chain_actions_total action=PlaceBid outcome=done"]);
        Assert.Equal(3750, seen["provider_chain_fees_total denom=uakt"]);
        Assert.Equal(1, seen["provider_chain_batch_actions"]);
        Assert.Equal(101, seen["provider_chain_height_blocks"]);
        Assert.Equal(0, seen["provider_chain_lag_blocks"]);
        Assert.Equal(1, seen[$"provider_chain_endpoint_up endpoint={fixture.Node.Address.Authority}"]);
        Assert.Equal(0, seen["provider_chain_transactions_in_flight"]);
        Assert.Equal(0, seen["provider_chain_blocks_missed"]);
        Assert.Equal(0, seen["provider_chain_budget_spent"]);
        Assert.InRange(seen[$"provider_chain_endpoint_score endpoint={fixture.Node.Address.Authority}"], 70, 100);
        Assert.InRange(seen["provider_chain_block_age_seconds"], 0, 60);
        Assert.InRange(seen["provider_chain_block_time_seconds"], 1, 20);
    }

    private static string Name(Instrument instrument, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var name = instrument.Name;
        foreach (var tag in tags) name += $" {tag.Key}={tag.Value}";
        return name;
    }
}
