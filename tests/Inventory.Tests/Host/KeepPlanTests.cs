using ProviderAgent.Marketplace;

namespace ProviderAgent.Inventory.Tests.Host;

public sealed class KeepPlanTests
{
    // A Wednesday.
    private static readonly DateTimeOffset Noon = new(2026, 11, 25, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("11:00", "13:00", "", true)]
    [InlineData("12:00", "12:01", "", true)]
    [InlineData("11:00", "12:00", "", false)]
    [InlineData("11:00", "13:00", "wed", true)]
    [InlineData("11:00", "13:00", "thu", false)]
    [InlineData("20:00", "13:00", "", true)] // since yesterday evening
    [InlineData("20:00", "13:00", "tue", true)]
    [InlineData("20:00", "13:00", "wed", false)]
    [InlineData("20:00", "06:00", "", false)]
    [InlineData("11:30", "11:30", "wed", true)] // a whole day
    public void IsOpen_Window_FollowsClockAndDay(string from, string until, string day, bool open) =>
        Assert.Equal(open, KeepPlan.IsOpen(new() { From = from, Until = until, Days = day.Length == 0 ? [] : [day] }, Noon));

    [Fact]
    public void IsOpen_OtherZone_CountsThere() =>
        Assert.True(KeepPlan.IsOpen(new() { From = "21:00", Until = "22:00", Zone = "Asia/Tokyo" }, Noon));

    [Fact]
    public void Amounts_OpenWindow_TakesTheLarger()
    {
        var keep = new KeepOptions { Cpu = new(500), Memory = new(8 * ByteSize.GiB), Gpus = ["rtx4090=1"] };
        keep.Schedule.Add(new() { From = "11:00", Until = "13:00", Cpu = new(4000), Memory = new(ByteSize.GiB), Gpus = ["GPU-1"] });

        Assert.Equal((new MilliCpu(4000), new ByteSize(8 * ByteSize.GiB), keep.Storage), KeepPlan.Amounts(keep, Noon));
        Assert.Equal(["rtx4090=1", "GPU-1"], KeepPlan.Gpus(keep, Noon));
        Assert.Equal(new MilliCpu(500), KeepPlan.Amounts(keep, Noon.AddHours(2)).Cpu);
        Assert.Equal(["rtx4090=1"], KeepPlan.Gpus(keep, Noon.AddHours(2)));
    }

    [Fact]
    public void Validate_WrongWindow_NamesEachKey()
    {
        var options = new InventoryOptions();
        options.Keep.Schedule.Add(new() { From = "25:00", Until = "", Zone = "Mars/Olympus", Days = ["someday"], Gpus = ["a=0"] });
        options.Keep.Gpus = ["=1"];
        options.Gpu = new() { ProbeInterval = TimeSpan.FromHours(1), Aliases = { ["x"] = "Not A Name" } };

        var failures = new InventoryOptionsValidator().Validate(null, options).Failures ?? [];

        Assert.Equal(8, failures.Count());
    }
}
