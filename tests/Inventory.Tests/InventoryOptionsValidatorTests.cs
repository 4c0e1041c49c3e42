using ProviderAgent.Marketplace;

namespace ProviderAgent.Inventory.Tests;

public sealed class InventoryOptionsValidatorTests
{
    [Fact]
    public void Validate_Defaults_AreGood() => Assert.True(new InventoryOptionsValidator().Validate(null, new()).Succeeded);

    [Fact]
    public void Validate_EverythingWrong_NamesEveryKey()
    {
        var options = new InventoryOptions
        {
            Keep = new() { Cpu = new(-1), Memory = new(-1), Storage = new(-1) },
            Overcommit = new() { Cpu = 0.5m, Memory = 4.1m },
            DataFolder = "docker",
            ProbeInterval = TimeSpan.FromMilliseconds(999),
        };

        var failures = new InventoryOptionsValidator().Validate(null, options).Failures ?? [];

        foreach (var key in (string[])["keep.cpu", "keep.memory", "keep.storage", "overcommit.cpu", "overcommit.memory", "data_folder", "probe_interval"])
            Assert.Single(failures, failure => failure.Contains($"inventory.{key}:", StringComparison.Ordinal));
        Assert.Equal(7, failures.Count());
    }

    [Theory]
    [InlineData(1, 1, true)]
    [InlineData(16, 4, true)]
    [InlineData(17, 1, false)]
    [InlineData(1, 5, false)]
    public void Validate_Overcommit_KeepsItsBounds(int cpu, int memory, bool good) =>
        Assert.Equal(good, new InventoryOptionsValidator().Validate(null, new() { Overcommit = new() { Cpu = cpu, Memory = memory } }).Succeeded);

    [Theory]
    [InlineData("beta2", true)]
    [InlineData("default", true)]
    [InlineData("ram", false)]
    [InlineData("fast", false)]
    public void Validate_PersistentClasses_AreTheMarkets(string storageClass, bool good) =>
        Assert.Equal(good, new InventoryOptionsValidator().Validate(null, new() { StorageClasses = new() { Persistent = [storageClass] } }).Succeeded);

    [Fact]
    public void Keep_Defaults_AreWhatTheGuidePromises()
    {
        var keep = new KeepOptions();

        Assert.Equal((new MilliCpu(250), new ByteSize(256 * ByteSize.MiB), new ByteSize(10 * ByteSize.GiB)), (keep.Cpu, keep.Memory, keep.Storage));
    }
}
