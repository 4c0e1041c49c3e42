namespace ProviderAgent.Workloads.Tests.Health;

/// <summary>What an image asks for, and what it gets.</summary>
public sealed class HealthCheckBoundsTests
{
    private static readonly string[] Test = ["CMD", "/check"];

    [Fact]
    public void Apply_NothingToCheck_LeavesTheImageAlone()
    {
        Assert.Null(HealthCheckBounds.Default.Apply(null, isOn: true));
        Assert.Null(HealthCheckBounds.Default.Apply(new(), isOn: true));
        Assert.Null(HealthCheckBounds.Default.Apply(new() { Test = [] }, isOn: true));
        Assert.Null(HealthCheckBounds.Default.Apply(new() { Test = ["NONE"] }, isOn: false));
    }

    [Fact]
    public void Apply_Off_RunsNone() => Assert.Equal(["NONE"], HealthCheckBounds.Default.Apply(new() { Test = Test }, isOn: false)!.Test);

    [Theory]
    [InlineData(0, 0, 0, 0, 30_000, 30_000, 0, 3)] // the engine's own defaults
    [InlineData(15_000, 2_000, 5_000, 5, 15_000, 2_000, 5_000, 5)]
    [InlineData(1, 1, 1, 1, 10_000, 1_000, 1, 1)]
    [InlineData(-5, -5, -5, -5, 10_000, 1_000, 0, 1)]
    [InlineData(long.MaxValue / 10_000, long.MaxValue / 10_000, long.MaxValue / 10_000, long.MaxValue, 3_600_000, 60_000, 3_600_000, 20)]
    public void Apply_On_KeepsItInBounds(long interval, long timeout, long start, long retries, long intervalThen, long timeoutThen, long startThen, long retriesThen)
    {
        var bounded = HealthCheckBounds.Default.Apply(new() { Test = Test, Interval = Milliseconds(interval), Timeout = Milliseconds(timeout), StartPeriod = Milliseconds(start), Retries = retries }, isOn: true)!;

        Assert.Equal(Test, bounded.Test);
        Assert.Equal((Milliseconds(intervalThen), Milliseconds(timeoutThen), Milliseconds(startThen), retriesThen), (bounded.Interval, bounded.Timeout, bounded.StartPeriod, bounded.Retries));
    }

    // Engines that know it take it from the image, for as long as the start lasts.
    [Theory]
    [InlineData(1, 1)]
    [InlineData(9_999, 1)]
    [InlineData(10_000, 60_000)]
    public void Apply_IntervalOfTheStartIsTooShort_ThereIsNoStart(long startInterval, long startThen) => Assert.Equal(
        Milliseconds(startThen),
        HealthCheckBounds.Default.Apply(new() { Test = Test, StartPeriod = TimeSpan.FromMinutes(1), StartInterval = Milliseconds(startInterval) }, isOn: true)!.StartPeriod);

    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("  two\r\n lines\t\0here \n", "two lines here")]
    [InlineData("\u001b[31mred\u001b[0m\u202etxt", "[31mred [0m txt")]
    [InlineData("", "")]
    public void OneLine_TenantsText_CannotDoHarmWhereItIsShown(string text, string expected) => Assert.Equal(expected, ContainerHealth.OneLine(text));

    [Fact]
    public void OneLine_LongText_IsCut() => Assert.Equal(new string('x', 300) + "…", ContainerHealth.OneLine(new('x', 4_096)));

    [Fact]
    public void Read_EnginesWords_OrNone()
    {
        Assert.Null(ContainerHealth.Read(null));
        Assert.Null(ContainerHealth.Read(new() { Status = "none" }));
        Assert.Equal(new(HealthVerdict.Starting, ""), ContainerHealth.Read(new() { Status = "starting" }));
        Assert.Equal(new(HealthVerdict.Unhealthy, "second"), ContainerHealth.Read(new() { Status = "unhealthy", Log = [new() { Output = "first" }, new() { ExitCode = 1, Output = "second\n" }] }));
    }

    private static TimeSpan Milliseconds(long number) => TimeSpan.FromTicks(number * TimeSpan.TicksPerMillisecond);
}
