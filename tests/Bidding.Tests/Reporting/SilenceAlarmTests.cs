namespace ProviderAgent.Bidding.Tests.Reporting;

public sealed class SilenceAlarmTests
{
    private readonly ManualTimeProvider _time = new();

    [Trait(Pain.Trait, Pain.SilentStop)]
    [Fact]
    public void Check_OrdersPassAndNoneIsBidOn_NamesTheTopReasons()
    {
        var alarm = CreateSut();
        for (var i = 0; i < 5; i++) alarm.Declined(DeclineReason.Gpu);
        alarm.Declined(DeclineReason.AboveLimit);
        alarm.Check();
        Assert.Null(alarm.Alarm);

        _time.Advance(TimeSpan.FromHours(6));
        alarm.Check();

        Assert.Contains("6 orders seen, none bid on for 360 min; top reasons: Gpu (5), AboveLimit (1)", alarm.Alarm, StringComparison.Ordinal);
        alarm.Bid();
        Assert.Null(alarm.Alarm);
    }

    [Fact]
    public void Check_NoOrders_IsNoReasonForAlarm()
    {
        var alarm = CreateSut();
        _time.Advance(TimeSpan.FromDays(3));

        alarm.Check();

        Assert.Null(alarm.Alarm);
    }

    private SilenceAlarm CreateSut() => new(new SettableOptions<BiddingOptions>(new()), _time, new LogProbe<SilenceAlarm>());
}
