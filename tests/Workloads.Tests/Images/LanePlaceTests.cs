namespace ProviderAgent.Workloads.Tests.Images;

public sealed class LanePlaceTests : IDisposable
{
    private readonly ManualTimeProvider _time = new();
    private readonly SemaphoreSlim _lane = new(0);

    public void Dispose() => _lane.Dispose();

    [Fact]
    public void Place_WithProgress_IsKept_AndGivenUpOnce()
    {
        var place = new LanePlace(_lane, _time, TimeSpan.FromSeconds(10), TimeSpan.FromMinutes(5));
        for (var second = 0; second < 280; second += 7)
        {
            _time.Advance(TimeSpan.FromSeconds(7));
            place.Progressed();
        }

        Assert.Equal(0, _lane.CurrentCount);
        place.Dispose();
        place.Dispose();
        _time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(1, _lane.CurrentCount);
    }

    [Fact]
    public void Place_WithoutProgress_IsGivenUp()
    {
        using var place = new LanePlace(_lane, _time, TimeSpan.FromSeconds(10), TimeSpan.FromMinutes(5));
        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(1, _lane.CurrentCount);
    }

    [Fact]
    public void Place_HeldForLong_IsGivenUpWhateverProgressThereIs()
    {
        using var place = new LanePlace(_lane, _time, TimeSpan.FromSeconds(10), TimeSpan.FromMinutes(5));
        for (var second = 0; second < 300; second += 5)
        {
            _time.Advance(TimeSpan.FromSeconds(5));
            place.Progressed();
        }

        Assert.Equal(1, _lane.CurrentCount);
    }
}
