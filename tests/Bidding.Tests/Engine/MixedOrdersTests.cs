using ProviderAgent.Bidding.Tests.Support;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Bidding.Tests.Engine;

/// <summary>A thousand orders of many kinds under each kind of policy: none goes without a stored decision.</summary>
public sealed class MixedOrdersTests : IAsyncLifetime
{
    private const int Orders = 1000;

    private readonly World _world = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _world.DisposeAsync();

    [Theory]
    [InlineData(PricingPolicyKind.Rates)]
    [InlineData(PricingPolicyKind.Scale)]
    [InlineData(PricingPolicyKind.Random)]
    public async Task Orders_OfManyKinds_EachHasAStoredDecisionWithItsInputs(PricingPolicyKind policy)
    {
        _world.Pricing.Policy = policy;
        _world.Options.Lists.Add(new() { Name = "tenants", Entries = [Build.Rival.Value] });
        for (var number = 1; number <= Orders; number++) _world.Market.Post(number, Kind(number % 6));
        _world.Market.TakeEvents();
        var run = _world.NewRun();

        await run.StartAsync();
        await Eventually.BecomesTrueAsync("all orders to be judged", () => _world.Decisions.Records.Select(record => record.Order).Distinct().Count() == Orders);

        var decided = _world.Decisions.Records;
        Assert.All(decided, record => Assert.Contains("\"schema\":", record.InputsJson, StringComparison.Ordinal));
        Assert.All(decided.Where(record => !record.IsBid), record => Assert.NotEmpty(record.Detail));
        Assert.Contains(decided, record => record.IsBid);
        Assert.Contains(decided, record => record.Reason == DeclineReason.Gpu);
        Assert.Contains(decided, record => record.Reason == DeclineReason.AttributesMissing);
        if (policy != PricingPolicyKind.Random) Assert.Contains(decided, record => record.Reason == DeclineReason.AboveLimit);
        Assert.True(run.CpuUsed <= 64_000);
    }

    private static GroupSpec Kind(int kind) => kind switch
    {
        0 => Build.Group(),
        1 => Build.Group(Build.Unit(limit: "0.000001")),
        2 => Build.Group(Build.Unit(Build.Needs() with { Gpus = 1, GpuAttributes = [new("vendor/nvidia/model/t4", "true")] })),
        3 => Build.Group() with { Requirements = new(Build.Attributes("region=mars"), [], []) },
        4 => Build.Group(Build.Unit(Build.Needs(milli: 384_000))),
        _ => Build.Group(Build.Unit(denom: Build.Uakt)),
    };
}
