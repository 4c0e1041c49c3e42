using System.Text.Json;
using ProviderAgent.Bidding.Tests.Support;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Bidding.Tests.Deciding;

public sealed class DecisionRecordTests
{
    private static readonly DateTimeOffset Now = new(2026, 5, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Of_Submit_HoldsEverythingItWasMadeFrom()
    {
        var order = Build.Order() with { MinReclaimWindow = TimeSpan.FromHours(1) };
        var host = Build.Host() with { ReclaimWindow = TimeSpan.FromHours(2), Audits = [new(Build.Provider, Build.Rival, Build.Attributes("region=eu"))] };
        var decision = BidRules.Decide(order, host, Price.Of(order.Group, new(), host.Clock));

        var record = DecisionRecord.Of(order, host, decision, Now);

        Assert.True(record.IsBid);
        Assert.Equal((order.Id, Now, Build.PerTick("5.931488")), (record.Order, record.DecidedAt, record.Price));
        using var json = JsonDocument.Parse(record.InputsJson);
        var root = json.RootElement;
        Assert.Equal(1, root.GetProperty("schema").GetInt32());
        Assert.Equal(3600, root.GetProperty("order").GetProperty("min_reclaim_window_seconds").GetDouble());
        Assert.Equal(1000, root.GetProperty("order").GetProperty("units")[0].GetProperty("milli_cpu").GetInt64());
        Assert.Equal("429909", root.GetProperty("host").GetProperty("ticks_per_month").GetString());
        Assert.Equal("region=eu", root.GetProperty("host").GetProperty("audits")[0].GetProperty("attributes")[0].GetString());
        Assert.Equal(64_000, root.GetProperty("host").GetProperty("stock")[0].GetProperty("free").GetInt64());
        Assert.Equal("2.55", root.GetProperty("quote").GetProperty("usd_per_month").GetString());
    }

    [Fact]
    public void Of_Decline_HasReasonAndNoPrice()
    {
        var record = DecisionRecord.Of(Build.Order(), Build.Host(), new BidDecision.Decline(DeclineReason.Paused, "no money"), Now);

        Assert.Equal((DeclineReason.Paused, "no money", null), (record.Reason, record.Detail, record.Price));
        using var json = JsonDocument.Parse(record.InputsJson);
        Assert.Equal(JsonValueKind.Null, json.RootElement.GetProperty("quote").ValueKind);
    }

    [Fact]
    public void Of_HostileNames_AreCutAndCleaned()
    {
        var attributes = Enumerable.Range(0, 5000).Select(number => new MarketAttribute(new string('k', 5000), new string('v', 5000))).ToValueList();
        var units = Enumerable.Repeat(Build.Unit(), 5000).ToValueList();
        var order = Build.Order(new GroupSpec(new string('n', 100_000), new(attributes, [], []), units));

        var record = DecisionRecord.Of(order, Build.Host(), new BidDecision.Decline(DeclineReason.StorageClass, "volume '\u001b[2J\n" + new string('x', 9000) + "'"), Now);

        Assert.Equal(500, record.Detail.Length);
        Assert.DoesNotContain(record.Detail, char.IsControl);
        Assert.True(record.InputsJson.Length < 64_000, $"{record.InputsJson.Length} characters");
    }
}
