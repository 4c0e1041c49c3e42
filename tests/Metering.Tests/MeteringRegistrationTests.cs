using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace ProviderAgent.Metering.Tests;

public sealed class MeteringRegistrationTests
{
    [Fact]
    public async Task AddMetering_Twice_GivesOneOfEach()
    {
        var services = new ServiceCollection().AddLogging().AddMetering().AddMetering();
        services.AddSingleton<IMeteredContainers>(new FakeContainers()).AddSingleton<IUsageLog>(new MemoryUsageLog());
        services.AddSingleton<ISettlementLog>(new MemorySettlementLog(TimeProvider.System)).AddSingleton<IMarketplace>(new ScriptedMarket()).AddSingleton<IMarketConversions>(new ScriptedConversions());

        await using var provider = services.BuildServiceProvider();

        Assert.Equal(4, provider.GetServices<IHostedService>().Count());
        Assert.Same(provider.GetRequiredService<Treasurer>(), Assert.Single(provider.GetServices<IMarketEventHandler>()));
        Assert.Contains(provider.GetRequiredService<UsageSampler>(), provider.GetServices<IHostedService>());
        Assert.NotNull(provider.GetRequiredService<EarningsReader>());
    }

    [Fact]
    public void Validate_Metering_GathersAllProblems()
    {
        var sut = new MeteringOptionsValidator();

        var result = sut.Validate(null, new() { Interval = TimeSpan.FromMilliseconds(999), Retention = TimeSpan.Zero });

        Assert.Equal(2, result.Failures!.Count());
        Assert.Contains("metering.interval", result.FailureMessage, StringComparison.Ordinal);
        Assert.Contains("metering.retention", result.FailureMessage, StringComparison.Ordinal);
        Assert.True(sut.Validate(null, new()).Succeeded);
    }

    [Fact]
    public void Validate_Treasury_GathersAllProblems()
    {
        var sut = new TreasuryOptionsValidator();
        var bad = new TreasuryOptions
        {
            CheckInterval = TimeSpan.Zero,
            Withdraw = new()
            {
                MaxFeeShare = 0,
                MinRunway = TimeSpan.FromSeconds(-1),
                Interval = TimeSpan.FromSeconds(1),
                Minimum = Sample.Coin(-1),
                ExpectedFee = Sample.Uakt(-1),
                FeeCoinWorth = -1,
            },
        };

        var result = sut.Validate(null, bad);

        string[] keys =
        [
            "treasury.check_interval", "treasury.withdraw.max_fee_share", "treasury.withdraw.min_runway", "treasury.withdraw.interval",
            "treasury.withdraw.minimum", "treasury.withdraw.expected_fee", "treasury.withdraw.fee_coin_worth",
        ];
        Assert.Equal(keys.Length, result.Failures!.Count());
        Assert.All(keys, key => Assert.Contains(key, result.FailureMessage, StringComparison.Ordinal));
        Assert.True(sut.Validate(null, new()).Succeeded);
    }
}
