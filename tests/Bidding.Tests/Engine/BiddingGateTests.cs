using ProviderAgent.Bidding.Tests.Support;

namespace ProviderAgent.Bidding.Tests.Engine;

public sealed class BiddingGateTests
{
    private readonly ManualTimeProvider _time = new();
    private readonly Host _host = new();

    [Fact]
    public void Pause_Again_DoublesUpToTenMinutesUntilSomethingSucceeds()
    {
        var sut = new BiddingGate(_host, _time);
        foreach (var minutes in (int[])[1, 2, 4, 8, 10, 10])
        {
            Assert.True(sut.Pause("no money"));
            _time.Advance(TimeSpan.FromMinutes(minutes) - TimeSpan.FromTicks(1));
            Assert.Equal("no money", sut.Reason);
            _time.Advance(TimeSpan.FromTicks(1));
            Assert.Null(sut.Reason);
        }

        sut.Succeeded();
        sut.Pause("no money");
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.Null(sut.Reason);
    }

    [Fact]
    public void Pause_WhilePaused_KeepsTheFirstReason()
    {
        var sut = new BiddingGate(_host, _time);
        sut.Pause("first");

        Assert.False(sut.Pause("second"));
        Assert.Equal("first", sut.Reason);
    }

    [Fact]
    public void Reason_NothingCouldBeRun_HoldsBackForAsLong_AndMakesNoPauseLonger()
    {
        var sut = new BiddingGate(_host, _time);
        _host.Problem = "no engine";
        _time.Advance(TimeSpan.FromHours(1));
        Assert.Equal("no engine", sut.Reason);

        Assert.True(sut.Pause("no money"));
        Assert.Equal("no money", sut.Reason);
        _host.Problem = null;
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.Null(sut.Reason);
    }

    [Fact]
    public void Reason_WallClockStepsAYear_PauseIsNeitherLongerNorShorter()
    {
        var sut = new BiddingGate(_host, _time);
        sut.Pause("no money");

        _time.StepWallClock(TimeSpan.FromDays(366));
        Assert.NotNull(sut.Reason);
        _time.StepWallClock(TimeSpan.FromDays(-800));
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.Null(sut.Reason);
    }
}
