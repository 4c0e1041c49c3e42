using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using ProviderAgent.Chain.Sending;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Chain.Tests.Sending;

public sealed class FailureBrakeTests : IDisposable
{
    private readonly ManualTimeProvider _time = new();
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly ChainMetrics _metrics;
    private readonly FailureBrake _sut;

    public FailureBrakeTests()
    {
        var options = new ChainOptions { Failures = new() { Limit = 3, Pause = TimeSpan.FromMinutes(10) } };
        _metrics = new(_services.GetRequiredService<IMeterFactory>());
        _sut = new(Options.Create(options), _time, _metrics, NullLogger<FailureBrake>.Instance);
    }

    public void Dispose()
    {
        _metrics.Dispose();
        _services.Dispose();
    }

    [Trait(Pain.Trait, Pain.BleedsFees)]
    [Fact]
    public void FindStop_AfterSoManyOfOneKind_StopsThatKindOnly()
    {
        Fail("Withdraw", 2);
        Assert.Null(_sut.FindStop("Withdraw"));

        Fail("Withdraw", 1);

        Assert.Contains("chain.failures.pause", _sut.FindStop("Withdraw"), StringComparison.Ordinal);
        Assert.Null(_sut.FindStop("PlaceBid"));
        Assert.Equal(1, _metrics.KindsHeldBack);
    }

    [Fact]
    public void Failed_AnotherReasonBetween_StartsCountingAnew()
    {
        Fail("Withdraw", 2);
        _sut.Failed("Withdraw", MarketRefusal.Other);
        Fail("Withdraw", 2);

        Assert.Null(_sut.FindStop("Withdraw"));
    }

    [Fact]
    public void Failed_BecauseATenantWasFaster_StopsNothing()
    {
        for (var i = 0; i < 10; i++) _sut.Failed("PlaceBid", MarketRefusal.OrderNotOpen);

        Assert.Null(_sut.FindStop("PlaceBid"));
    }

    [Fact]
    public void Done_Between_StartsCountingAnew()
    {
        Fail("Withdraw", 2);
        _sut.Done("Withdraw");
        Fail("Withdraw", 2);

        Assert.Null(_sut.FindStop("Withdraw"));
    }

    [Fact]
    public void FindStop_PauseOver_LetsOneThroughWhoseOutcomeDecides()
    {
        Fail("Withdraw", 3);
        _time.Advance(TimeSpan.FromMinutes(10));
        Assert.Null(_sut.FindStop("Withdraw"));

        Fail("Withdraw", 1);
        Assert.NotNull(_sut.FindStop("Withdraw"));

        _time.Advance(TimeSpan.FromMinutes(10));
        _sut.Done("Withdraw");
        Fail("Withdraw", 1);
        Assert.Null(_sut.FindStop("Withdraw"));
        Assert.Equal(0, _metrics.KindsHeldBack);
    }

    private void Fail(string kind, int times)
    {
        for (var i = 0; i < times; i++) _sut.Failed(kind, MarketRefusal.InsufficientFunds);
    }
}
