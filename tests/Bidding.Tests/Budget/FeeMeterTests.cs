using ProviderAgent.Bidding.Tests.Support;

namespace ProviderAgent.Bidding.Tests.Budget;

public sealed class FeeMeterTests
{
    private readonly ManualTimeProvider _time = new();

    [Fact]
    public void Spent_OldFees_AreForgottenAfterADay()
    {
        var meter = new FeeMeter(_time);
        meter.Add(new(5_000, Build.Uakt));
        _time.Advance(TimeSpan.FromHours(2));
        meter.Add(new(7_000, Build.Uakt));

        Assert.Equal(12_000, meter.Spent(Build.Uakt, TimeSpan.FromDays(1)).Amount);
        Assert.Equal(7_000, meter.Spent(Build.Uakt, TimeSpan.FromHours(1)).Amount);
        Assert.Equal(0, meter.Spent(Build.Uact, TimeSpan.FromDays(1)).Amount);
        _time.Advance(TimeSpan.FromHours(22.5));
        Assert.Equal(7_000, meter.Spent(Build.Uakt, TimeSpan.FromDays(1)).Amount);
    }

    [Fact]
    public void Add_VeryMany_StaysBoundedAndExact()
    {
        var meter = new FeeMeter(_time);
        for (var i = 0; i < 20_000; i++) meter.Add(new(1, Build.Uakt));

        Assert.Equal(20_000, meter.Spent(Build.Uakt, TimeSpan.FromMinutes(1)).Amount);
    }

    [Fact]
    public void Add_OfAnEarlierRun_CountsForTheDayNotTheHour()
    {
        var meter = new FeeMeter(_time);
        meter.Add(new(5_000, Build.Uakt), TimeSpan.FromHours(1));

        Assert.Equal(5_000, meter.Spent(Build.Uakt, TimeSpan.FromDays(1)).Amount);
        Assert.Equal(0, meter.Spent(Build.Uakt, TimeSpan.FromHours(1)).Amount);
    }

    [Fact]
    public void Spent_HugeFees_DoNotWrap()
    {
        var meter = new FeeMeter(_time);
        meter.Add(new(long.MaxValue, Build.Uakt));
        meter.Add(new(long.MaxValue, Build.Uakt));

        Assert.Equal(long.MaxValue, meter.Spent(Build.Uakt, TimeSpan.FromDays(1)).Amount);
    }
}
