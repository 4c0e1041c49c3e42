using ProviderAgent.Workloads.Tests.Support;

namespace ProviderAgent.Workloads.Tests.Planning;

public sealed class RestartTests
{
    private readonly ManualTimeProvider _time = new();

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 10)]
    [InlineData(2, 20)]
    [InlineData(3, 40)]
    [InlineData(5, 160)]
    [InlineData(6, 300)]
    [InlineData(100, 300)]
    [InlineData(int.MaxValue, 300)]
    [InlineData(-5, 0)]
    public void Pause_GrowsToFiveMinutes(int restarts, int seconds) => Assert.Equal(TimeSpan.FromSeconds(seconds), RestartPolicy.Pause(restarts));

    [Fact]
    public void Verdict_CrashLoop_WaitsLongerEachTime()
    {
        var tracker = new RestartTracker(_time);

        var pauses = Enumerable.Range(0, 4).Select(_ => CrashAfter(tracker, TimeSpan.FromSeconds(1))).ToArray();

        Assert.Equal([0, 10, 20, 40], pauses.Select(pause => (int)pause.TotalSeconds));
        Assert.Equal(4, tracker.Restarts("id-web-0"));
    }

    [Fact]
    public void Verdict_AfterALongHealthyRun_StartsOver()
    {
        var tracker = new RestartTracker(_time);
        for (var i = 0; i < 5; i++) CrashAfter(tracker, TimeSpan.FromSeconds(1));

        Assert.Equal(TimeSpan.Zero, CrashAfter(tracker, TimeSpan.FromSeconds(601)));
        Assert.Equal(TimeSpan.FromSeconds(10), CrashAfter(tracker, TimeSpan.FromSeconds(1)));
    }

    [Fact]
    public void Verdict_WallClockStepsBack_ThePauseStaysAsLong()
    {
        var tracker = new RestartTracker(_time);
        CrashAfter(tracker, TimeSpan.FromSeconds(1));
        tracker.Started("id-web-0");
        tracker.Verdict(Exited(), _time.GetUtcNow());

        _time.StepWallClock(TimeSpan.FromDays(-365));
        _time.Advance(TimeSpan.FromSeconds(4));

        Assert.Equal(_time.GetUtcNow() + TimeSpan.FromSeconds(6), tracker.Verdict(Exited(), _time.GetUtcNow()).At);
    }

    [Fact]
    public void Verdict_StartFails_BacksOffAndAfterThreeMakesANewContainer()
    {
        var tracker = new RestartTracker(_time);
        var container = Build.Container(Build.Spec(), ContainerCondition.Created);
        Assert.Equal(new RestartVerdict(_time.GetUtcNow(), Recreate: false), tracker.Verdict(container, _time.GetUtcNow()));

        tracker.StartFailed(container.Id);
        Assert.Equal(new RestartVerdict(_time.GetUtcNow() + TimeSpan.FromSeconds(10), Recreate: false), tracker.Verdict(container, _time.GetUtcNow()));
        tracker.StartFailed(container.Id);
        tracker.StartFailed(container.Id);
        Assert.Equal(new RestartVerdict(_time.GetUtcNow() + TimeSpan.FromSeconds(40), Recreate: true), tracker.Verdict(container, _time.GetUtcNow()));
    }

    [Fact]
    public void ForgiveFailedStarts_WhatDidNotStartIsTriedAtOnce_AndACrashLoopIsNot()
    {
        var tracker = new RestartTracker(_time);
        var made = Build.Container(Build.Spec(), ContainerCondition.Created) with { Id = "id-made" };
        for (var i = 0; i < 3; i++) tracker.StartFailed(made.Id);
        var ended = Exited() with { Id = "id-ended" };
        tracker.Started(ended.Id);
        tracker.Verdict(ended, _time.GetUtcNow());
        for (var i = 0; i < 3; i++) tracker.StartFailed(ended.Id);
        for (var i = 0; i < 2; i++) CrashAfter(tracker, TimeSpan.FromSeconds(1));
        tracker.Started("id-web-0");
        var looping = tracker.Verdict(Exited(), _time.GetUtcNow()).At;
        Assert.Equal(_time.GetUtcNow() + TimeSpan.FromSeconds(20), looping);
        Assert.All([made, ended], container => Assert.True(tracker.Verdict(container, _time.GetUtcNow()).At > _time.GetUtcNow()));

        tracker.ForgiveFailedStarts();

        Assert.All([made, ended], container => Assert.Equal(new RestartVerdict(_time.GetUtcNow(), Recreate: false), tracker.Verdict(container, _time.GetUtcNow())));
        Assert.Equal(1, tracker.Restarts(ended.Id)); // of its own
        Assert.Equal(looping, tracker.Verdict(Exited(), _time.GetUtcNow()).At);
    }

    [Trait(FaultRow.Trait, FaultRow.NetworkTaken)]
    [Theory]
    [InlineData(false)]
    [InlineData(true)] // it was ended by us, and so is to be started at once
    public void Verdict_EndedAndDoesNotStartAgain_BacksOff(bool isExcused)
    {
        var tracker = new RestartTracker(_time);
        tracker.Started("id-web-0");
        if (isExcused) tracker.Excuse("id-web-0");
        Assert.Equal(_time.GetUtcNow(), tracker.Verdict(Exited(), _time.GetUtcNow()).At);

        foreach (var pause in new[] { 10, 20, 40 })
        {
            tracker.StartFailed("id-web-0");
            Assert.Equal(_time.GetUtcNow() + TimeSpan.FromSeconds(pause), tracker.Verdict(Exited(), _time.GetUtcNow()).At);
        }
    }

    [Trait(FaultRow.Trait, FaultRow.EngineRestart)]
    [Fact]
    public void TakeBack_AnEndThatWasTheEnginesDoing_DoesNotCount()
    {
        var tracker = new RestartTracker(_time);
        CrashAfter(tracker, TimeSpan.FromSeconds(1));
        tracker.Started("id-web-0");
        tracker.Verdict(Exited(), _time.GetUtcNow());
        Assert.True(tracker.HasEnded("id-web-0", TimeSpan.FromSeconds(1)));

        tracker.TakeBack("id-web-0");

        Assert.Equal((1, null), (tracker.Restarts("id-web-0"), tracker.LastExit("id-web-0")));
        Assert.Equal(_time.GetUtcNow(), tracker.Verdict(Exited(), _time.GetUtcNow()).At);
        Assert.False(tracker.HasEnded("id-web-0"));
    }

    private static ActualContainer Exited() => Build.Container(Build.Spec(), ContainerCondition.Exited);

    /// <summary>Lets the container run that long, end, and be started again when its pause is over; returns the pause.</summary>
    private TimeSpan CrashAfter(RestartTracker tracker, TimeSpan ran)
    {
        tracker.Started("id-web-0");
        _time.Advance(ran);
        var pause = tracker.Verdict(Exited(), _time.GetUtcNow()).At - _time.GetUtcNow();
        _time.Advance(pause);
        Assert.Equal(_time.GetUtcNow(), tracker.Verdict(Exited(), _time.GetUtcNow()).At);
        return pause;
    }
}
