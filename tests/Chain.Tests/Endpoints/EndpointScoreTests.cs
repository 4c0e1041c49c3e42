using ProviderAgent.Chain.Endpoints;
using ProviderAgent.Chain.Rpc;

namespace ProviderAgent.Chain.Tests.Endpoints;

public sealed class EndpointScoreTests
{
    private const long Best = 10_000;
    private const long Wanted = 5_000;
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Of_NothingToComplainOf_IsFull()
    {
        var score = Score(Status());

        Assert.Equal(100, score.Value);
        Assert.Empty(score.Complaints);
    }

    [Fact]
    public void Of_FaultOrNoAnswer_IsNothing()
    {
        Assert.Equal(0, EndpointScore.Of(new("serves another network", Status(), 0), EndpointRecord.Empty, Best, Wanted, Now).Value);
        Assert.Equal(0, EndpointScore.Of(new(null, null, 0), EndpointRecord.Empty, Best, Wanted, Now).Value);
    }

    [Theory]
    [InlineData(0, 100)]
    [InlineData(1, 100)] // asked a moment before the others
    [InlineData(2, 88)]
    [InlineData(4, 64)]
    [InlineData(1_000, 40)]
    public void Of_BlocksBehind_CostUpToABound(long lag, int expected) => Assert.Equal(expected, Score(Status(height: Best - lag)).Value);

    [Fact]
    public void Of_EachComplaint_LowersItAndIsNamed()
    {
        Assert.Contains("old", Assert.Single(Score(Status(age: TimeSpan.FromMinutes(2))).Complaints), StringComparison.Ordinal);
        Assert.Contains("keeps only 100 blocks", Assert.Single(Score(Status(earliest: Best - 100)).Complaints), StringComparison.Ordinal);
        Assert.Contains("400 ms", Assert.Single(Score(Status(), EndpointRecord.Empty.AnsweredState(TimeSpan.FromMilliseconds(400))).Complaints), StringComparison.Ordinal);
        Assert.Contains("of its calls", Assert.Single(Score(Status(), EndpointRecord.Empty.Failed()).Complaints), StringComparison.Ordinal);
        Assert.Equal(100, Score(Status(earliest: 1, height: Best)).Value);
    }

    [Fact]
    public void Of_EverythingWrong_IsStillMoreThanAFault()
    {
        var record = EndpointRecord.Empty.AnsweredState(TimeSpan.FromSeconds(30));
        for (var i = 0; i < 100; i++) record = record.Failed();

        Assert.Equal(1, Score(Status(height: 20, age: TimeSpan.FromHours(1), earliest: 19), record).Value);
    }

    [Fact]
    public void Record_FailuresAndAnswers_AreForgottenSlowly()
    {
        var record = EndpointRecord.Empty.Failed();
        Assert.Equal(0.1, record.FailureShare, 6);
        for (var i = 0; i < 50; i++) record = record.Answered();
        Assert.InRange(record.FailureShare, 0, 0.001);
        record = EndpointRecord.Empty.AnsweredState(TimeSpan.FromMilliseconds(100)).AnsweredState(TimeSpan.FromMilliseconds(200));
        Assert.Equal(110, record.Latency.TotalMilliseconds, 3);
    }

    private static NodeStatus Status(long height = Best, TimeSpan age = default, long earliest = 2) => new("test-1", height, Now - age, earliest, false, true);

    private static EndpointScore Score(NodeStatus status, EndpointRecord? record = null) => EndpointScore.Of(new(null, status, 0), record ?? EndpointRecord.Empty, Best, Wanted, Now);
}
