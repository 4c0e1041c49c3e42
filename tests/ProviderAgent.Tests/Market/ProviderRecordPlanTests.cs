using ProviderAgent.Config;
using ProviderAgent.Inventory;
using ProviderAgent.Market;
using ProviderAgent.Marketplace;

namespace ProviderAgent.ProviderAgent.Tests.Market;

public sealed class ProviderRecordPlanTests
{
    private const string Gpu = "capabilities/gpu/vendor/nvidia/model/h100";

    private static readonly AccountAddress Account = AccountAddress.Parse("akash1provider");
    private static readonly AccountAddress Auditor = AccountAddress.Parse("akash1auditor");

    [Fact]
    public void Make_NothingThere_IsNewWithEverything()
    {
        var plan = Plan([new(Gpu, "true")], null);

        Assert.True(plan.IsNew);
        Assert.Equal(["host_uri: (none) -> https://provider.example.com:8443", "email: (none) -> ops@example.com", $"+ {Gpu}=true", "+ region=eu"], plan.Changes);
    }

    [Fact]
    public void Make_Equal_HasNoChange() => Assert.Empty(Plan([new(Gpu, "true")], Present(("region", "eu"), (Gpu, "true"))).Changes);

    [Fact]
    public void Make_GpusNotKnown_KeepsThoseOnTheMarket()
    {
        var plan = Plan(null, Present(("region", "eu"), (Gpu, "true"), ("tier", "gold")));

        Assert.Equal(["- tier=gold"], plan.Changes);
    }

    [Fact]
    public void Make_NoGpuThere_TakesThemAway() => Assert.Equal([$"- {Gpu}=true"], Plan([], Present(("region", "eu"), (Gpu, "true"))).Changes);

    [Fact]
    public void Make_ConfiguredAndDetected_IsThereOnceAsConfigured()
    {
        var plan = Plan([new("region", "nowhere")], Present());

        Assert.Equal([new MarketAttribute("region", "eu")], plan.Wanted.Attributes);
    }

    [Theory]
    [InlineData("eu", 0)]
    [InlineData("us", 1)]
    public void Make_AuditedValueChanges_IsNamed(string before, int voided)
    {
        var plan = Plan([], Present(("region", before)), new AuditRecord(Account, Auditor, [new("region", before), new("never", "there")]));

        Assert.Equal(voided, plan.Voided.Count);
        if (voided > 0) Assert.Contains($"akash1auditor has signed region={before}", plan.Voided[0], StringComparison.Ordinal);
    }

    [Fact]
    public void Make_ClassesOfVolumes_AreRegisteredUnlessTheOperatorHasChosenHisOwn()
    {
        var classes = new StorageClassesOptions { Persistent = ["beta2"], Ram = true };
        var options = new ProviderOptions { HostUri = new("https://provider.example.com:8443") };

        var wanted = ProviderRecordPlan.Make(options, classes, Account, [], null, []).Wanted.Attributes;
        Assert.Equal(
            [new("capabilities/storage/1/class", "beta2"), new("capabilities/storage/1/persistent", "true"), new("capabilities/storage/2/class", "ram"), new MarketAttribute("capabilities/storage/2/persistent", "false")],
            wanted);
        // The market's own comparison finds both.
        Assert.True(AttributeMatch.StorageMatches(new("data", new(1), [new("class", "beta2"), new("persistent", "true")]), wanted));
        Assert.True(AttributeMatch.StorageMatches(new("shm", new(1), [new("class", "ram"), new("persistent", "false")]), wanted));

        options.Attributes["capabilities/storage/7/class"] = "beta3";
        Assert.Equal([new MarketAttribute("capabilities/storage/7/class", "beta3")], ProviderRecordPlan.Make(options, classes, Account, [], null, []).Wanted.Attributes);
    }

    private static ProviderRecordPlan Plan(MarketAttribute[]? detected, ProviderRecord? present, params AuditRecord[] audits) => ProviderRecordPlan.Make(
        new() { HostUri = new("https://provider.example.com:8443"), Email = "ops@example.com", Attributes = { ["region"] = "eu" } }, new() { Ram = false }, Account, detected, present, audits);

    private static ProviderRecord Present(params (string Key, string Value)[] attributes) =>
        new(Account, new("https://provider.example.com:8443"), attributes.Select(one => new MarketAttribute(one.Key, one.Value)).ToValueList(), "ops@example.com", "");
}
