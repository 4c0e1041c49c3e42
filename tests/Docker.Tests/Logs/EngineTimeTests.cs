namespace ProviderAgent.Docker.Tests.Logs;

public sealed class EngineTimeTests
{
    [Theory]
    [InlineData("2026-11-22T06:22:32.736146051Z", 1795328552, 736146051, "1795328552.736146051")]
    [InlineData("1970-01-01T00:00:00Z", 0, 0, "0.000000000")]
    [InlineData("1970-01-01T00:00:00.5Z", 0, 500_000_000, "0.500000000")]
    [InlineData("1970-01-01T01:30:00.000000001+01:30", 0, 1, "0.000000001")]
    [InlineData("1969-12-31T23:00:00-01:00", 0, 0, "0.000000000")]
    [InlineData("2024-02-29T23:59:59.999999999Z", 1709251199, 999_999_999, "1709251199.999999999")]
    [InlineData("0001-01-01T00:00:00Z", -62135596800, 0, "0")]
    public void TryParse_EngineTime_KeepsEveryNanosecond(string text, long seconds, int nanoseconds, string query)
    {
        Assert.True(EngineTime.TryParse(text, out var time));
        Assert.Equal(new EngineTime(seconds, nanoseconds), time);
        Assert.Equal(query, time.ToQuery());
        Assert.Equal(seconds == -62135596800, time.IsNever);
    }

    [Theory]
    [InlineData("")]
    [InlineData(null)]
    [InlineData("2026-11-22T06:22:32")]
    [InlineData("2026-11-22 06:22:32Z")]
    [InlineData("2026-11-22T06:22:32.Z")]
    [InlineData("2026-11-22T06:22:32.1234567890Z")]
    [InlineData("2026-11-22T06:22:32.5")]
    [InlineData("2026-02-29T00:00:00Z")]
    [InlineData("2026-00-10T00:00:00Z")]
    [InlineData("0000-01-01T00:00:00Z")]
    [InlineData("2026-11-22T24:00:00Z")]
    [InlineData("2026-11-22T06:22:60Z")]
    [InlineData("2026-11-22T06:22:32+1:00")]
    [InlineData("2026-11-22T06:22:32+24:00")]
    [InlineData("2026-11-22T06:22:32Zx")]
    [InlineData("２026-11-22T06:22:32Z")]
    [InlineData("2026-11-22T06:22:32.111111111111111111111111111111111111Z")]
    public void TryParse_AnythingElse_IsRefused(string? text) => Assert.False(EngineTime.TryParse(text, out _));

    [Theory]
    [InlineData(1_500_000_000, 1, 500_000_000)]
    [InlineData(-1, -1, 999_999_999)]
    [InlineData(0, 0, 0)]
    public void FromUnixNanoseconds_AnyValue_CountsNanosecondsForward(long nanoseconds, long seconds, int rest) =>
        Assert.Equal(new EngineTime(seconds, rest), EngineTime.FromUnixNanoseconds(nanoseconds));

    [Fact]
    public void Compare_ByTime()
    {
        var (early, late) = (new EngineTime(1, 999_999_999), new EngineTime(2, 0));

        Assert.True(early < late && late > early && early <= late && late >= early && !(late < early));
        Assert.Equal(new DateTimeOffset(1970, 1, 1, 0, 0, 2, TimeSpan.Zero), late.ToDateTimeOffset());
    }
}
