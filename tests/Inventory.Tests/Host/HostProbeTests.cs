using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Inventory.Tests.Host;

public sealed class HostProbeTests
{
    [Fact]
    public void Measure_PlainMachine_HasEverything()
    {
        using var host = new FakeHost();

        var measured = host.CreateSut().Measure();

        Assert.Equal(new MilliCpu(4000), measured.Cpu);
        Assert.Equal("AMD EPYC 9354 32-Core Processor", measured.CpuModel);
        Assert.Equal(new ByteSize(16 * ByteSize.GiB), measured.Memory);
        Assert.Equal(new ByteSize(200 * ByteSize.GiB), measured.DiskFree);
        Assert.Equal("/var/lib/docker", measured.DataFolder);
        Assert.Empty(measured.Limits);
        Assert.Equal(host.Time.GetUtcNow(), measured.MeasuredAt);
    }

    [Theory]
    [InlineData("/proc/1/status", "Cpus_allowed_list:\t1-2\n", 2000)]
    [InlineData("/sys/fs/cgroup/cpuset.cpus.effective", "0,2-3\n", 3000)]
    [InlineData("/sys/fs/cgroup/cpuset.cpus.effective", "\n", 4000)]
    [InlineData("/sys/fs/cgroup/cpuset/cpuset.effective_cpus", "3\n", 1000)]
    [InlineData("/sys/fs/cgroup/cpu.max", "150000 100000\n", 1500)]
    [InlineData("/sys/fs/cgroup/cpu.max", "max 100000\n", 4000)]
    [InlineData("/sys/fs/cgroup/cpu.max", "800000 100000\n", 4000)]
    [InlineData("/sys/devices/system/cpu/online", "0-1,8-15\n", 2000)] // the affinity allows 0-3 only
    public void Measure_LimitedProcessors_CountsWhatIsLeft(string file, string content, long milli)
    {
        using var host = new FakeHost();
        host.Write(file, content);

        var measured = host.CreateSut().Measure();

        Assert.Equal(new MilliCpu(milli), measured.Cpu);
        Assert.Equal(milli == 4000, measured.Limits.Count == 0);
    }

    [Theory]
    [InlineData("-1\n", 4000)]
    [InlineData("250000\n", 2500)]
    public void Measure_QuotaOfVersionOne_IsRespected(string quota, long milli)
    {
        using var host = new FakeHost();
        host.Write("/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us", quota);
        host.Write("/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us", "100000\n");

        Assert.Equal(new MilliCpu(milli), host.CreateSut().Measure().Cpu);
    }

    [Fact]
    public void Measure_FirstProcessHidden_UsesOurOwnAffinity()
    {
        using var host = new FakeHost();
        host.Remove("/proc/1/status");
        host.Write("/proc/self/status", "Cpus_allowed_list:\t0\n");

        Assert.Equal(new MilliCpu(1000), host.CreateSut().Measure().Cpu);
    }

    [Theory]
    [InlineData("/sys/fs/cgroup/memory.max", "4294967296\n", 4)]
    [InlineData("/sys/fs/cgroup/memory.max", "max\n", 16)]
    [InlineData("/sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n", 16)]
    [InlineData("/sys/fs/cgroup/memory/memory.limit_in_bytes", "2147483648\n", 2)]
    public void Measure_MemoryLimit_IsRespected(string file, string content, long gib)
    {
        using var host = new FakeHost();
        host.Write(file, content);

        Assert.Equal(new ByteSize(gib * ByteSize.GiB), host.CreateSut().Measure().Memory);
    }

    [Fact]
    public void Measure_ConfiguredFolder_GoesBeforeTheEngines()
    {
        using var host = new FakeHost();
        host.Options.CurrentValue.DataFolder = "/srv/docker";

        host.CreateSut().Measure();

        Assert.Equal("/srv/docker", host.MeasuredFolder);
    }

    [Theory]
    [InlineData("/proc/meminfo", "MemFree: 12 kB\n", "MemTotal")]
    [InlineData("/proc/meminfo", "MemTotal: lots kB\n", "cannot be right")]
    [InlineData("/proc/meminfo", "MemTotal: -5 kB\n", "cannot be right")]
    [InlineData("/proc/meminfo", "MemTotal: 0 kB\n", "cannot be right")]
    [InlineData("/proc/meminfo", "MemTotal: 99999999999999999999 kB\n", "cannot be right")]
    [InlineData("/proc/meminfo", "MemTotal: 9223372036854775807 kB\n", "cannot be right")]
    [InlineData("/sys/devices/system/cpu/online", "0-\n", "not a list of processors")]
    [InlineData("/sys/devices/system/cpu/online", "3-1\n", "not a list of processors")]
    [InlineData("/sys/devices/system/cpu/online", "0-99999999\n", "not a list of processors")]
    [InlineData("/sys/devices/system/cpu/online", "0--3\n", "not a list of processors")]
    [InlineData("/sys/devices/system/cpu/online", "\n", "no processor is left")]
    [InlineData("/proc/1/status", "Cpus_allowed_list:\t7\n", "no processor is left")]
    [InlineData("/sys/fs/cgroup/cpu.max", "0 100000\n", "not a processor quota")]
    [InlineData("/sys/fs/cgroup/cpu.max", "100000\n", "not a processor quota")]
    [InlineData("/sys/fs/cgroup/cpu.max", "100000 0\n", "not a processor quota")]
    [InlineData("/sys/fs/cgroup/cpu.max", "9223372036854775807 1\n", "not a processor quota")]
    [InlineData("/sys/fs/cgroup/memory.max", "much\n", "not a number of bytes")]
    public void Measure_Garbage_IsRefusedWithItsSource(string file, string content, string part)
    {
        using var host = new FakeHost();
        host.Write(file, content);

        Assert.Contains(part, Assert.Throws<HostProbeException>(host.CreateSut().Measure).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Measure_MissingFile_NamesIt()
    {
        using var host = new FakeHost();
        host.Remove("/proc/meminfo");

        Assert.Contains("/proc/meminfo", Assert.Throws<HostProbeException>(host.CreateSut().Measure).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Measure_EngineSilent_SaysSo()
    {
        using var host = new FakeHost { EngineFolder = null };

        Assert.Contains("engine", Assert.Throws<HostProbeException>(host.CreateSut().Measure).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Measure_NoModelName_NamesTheArchitecture()
    {
        using var host = new FakeHost();
        host.Write("/proc/cpuinfo", "processor\t: 0\nBogoMIPS\t: 48.00\n");

        Assert.NotEmpty(host.CreateSut().Measure().CpuModel);
    }

    [Fact]
    public void Measure_HugeCpuInfo_ReadsOnlyItsStart()
    {
        using var host = new FakeHost();
        host.Write("/proc/cpuinfo", "model name\t: Big\n" + new string('x', 5_000_000));

        Assert.Equal("Big", host.CreateSut().Measure().CpuModel);
    }

    [Trait(Pain.Trait, Pain.AbsurdInventory)]
    [Theory]
    [InlineData(100, 101)]
    [InlineData(100, -1)]
    [InlineData(0, 0)]
    [InlineData(long.MaxValue, 5)]
    public void DiskSpace_ImpossibleNumbers_AreRefused(long total, long free) =>
        Assert.Throws<HostProbeException>(() => DiskSpace.Checked(total, free, "/data"));

    [Fact]
    public void DiskSpace_MissingFolder_NamesTheSetting() =>
        Assert.Contains("inventory.data_folder", Assert.Throws<HostProbeException>(() => DiskSpace.Of("/no/such/folder")).Message, StringComparison.Ordinal);

    [Fact]
    public void Measure_ThisMachine_MakesSense()
    {
        using var folder = new TempFolder();
        using var services = new ServiceCollection().AddLogging().AddSingleton<EngineDataFolder>(() => folder.Path).AddInventory().BuildServiceProvider();

        var measured = services.GetRequiredService<IHostProbe>().Measure();

        Assert.InRange(measured.Cpu.Value, 1, 1000L * Environment.ProcessorCount);
        Assert.InRange(measured.Memory.Bytes, 64 * ByteSize.MiB, 256 * ByteSize.TiB);
        Assert.InRange(measured.DiskFree.Bytes, 0, measured.DiskTotal.Bytes);
        Assert.NotNull(services.GetRequiredService<IOptions<InventoryOptions>>().Value);
    }
}
