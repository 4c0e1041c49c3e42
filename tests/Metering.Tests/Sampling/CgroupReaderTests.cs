namespace ProviderAgent.Metering.Tests;

public sealed class CgroupReaderTests
{
    [Theory]
    [InlineData("v1-cgroupfs", 619_430_071, 17_436_672, 17_436_672, 1, 0, 974, 238, 2)]
    [InlineData("v1-systemd", 98_765_432_109_876, 104_857_600, 100_663_296, 17, 2, 9_001_500_000, 700_042, 7)]
    [InlineData("v2-cgroupfs", 619_430_000, 106_954_752, 85_983_232, 9, 1, 9_001_500_000, 700_042, 64)]
    [InlineData("v2-systemd", 619_430_000, 106_954_752, 85_983_232, 9, 1, 9_001_500_000, 700_042, 64)]
    public void Read_RecordedHost_HasItsNumbers(string name, long cpu, long memory, long working, long pids, long kills, long received, long sent, int threads)
    {
        using var host = new RecordedHost(name);
        var reader = new CgroupReader(host.Root);

        var state = reader.Read(RecordedHost.Container(Sample.Epoch), out var reading, out var refusal);

        Assert.Equal((ReadingState.Read, ""), (state, refusal));
        Assert.Equal(new ContainerReading(cpu, memory, working, pids, kills, received, sent), reading);
        Assert.Equal(threads, reader.Threads);
    }

    public static TheoryData<string, string, string> Nonsense()
    {
        var data = new TheoryData<string, string, string>();
        foreach (var host in new[] { "v1-cgroupfs", "v2-systemd" })
        {
            var isV1 = host.StartsWith("v1", StringComparison.Ordinal);
            var key = isV1 ? "" : "usage_usec ";
            string[] cpus = ["", "\n", "-5\n", "18446744073709551615\n", "9223372036854775807\n", "nan\n", "12 34\n", "1.5\n", "+7\n", " 7\n", "1e9\n", new('9', 40)];
            foreach (var bad in cpus) data.Add(host, isV1 ? "cpuacct.usage" : "cpu.stat", key + bad);
            foreach (var bad in new[] { "max\n", "-1\n", "18446744073709551615\n", "" }) data.Add(host, isV1 ? "memory.usage_in_bytes" : "memory.current", bad);
            data.Add(host, "memory.stat", isV1 ? "total_inactive_file -1\n" : "inactive_file x\n");
            data.Add(host, "memory.stat", "nothing to see\n");
            data.Add(host, "pids.current", "9999999999999999999999\n");
            data.Add(host, isV1 ? "memory.oom_control" : "memory.events", "oom_kill\n");
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Nonsense))]
    public void Read_Nonsense_IsRefusedAndNamesTheFile(string name, string file, string content)
    {
        using var host = new RecordedHost(name);
        host.Write(host.Find(file), content);

        var state = new CgroupReader(host.Root).Read(RecordedHost.Container(Sample.Epoch), out _, out var refusal);

        Assert.Equal(ReadingState.Refused, state);
        Assert.Contains(file, refusal, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("one line\n")]
    [InlineData("h\nh\n  eth0: 1 2 3\n")]
    [InlineData("h\nh\n  eth0: -1 0 0 0 0 0 0 0 5 0 0 0 0 0 0 0\n")]
    [InlineData("h\nh\n  eth0: 18446744073709551615 0 0 0 0 0 0 0 5 0 0 0 0 0 0 0\n")]
    [InlineData("h\nh\n  eth0 1 0 0 0 0 0 0 0 5 0 0 0 0 0 0 0\n")]
    [InlineData("h\nh\n  a: 4611686018427387904 0 0 0 0 0 0 0 5 0\n b: 4611686018427387904 0 0 0 0 0 0 0 5 0\n")]
    public void Read_NonsenseFromTheNetwork_IsRefused(string content)
    {
        using var host = new RecordedHost("v1-cgroupfs");
        host.Write(host.NetDev, content);

        Assert.Equal(ReadingState.Refused, new CgroupReader(host.Root).Read(RecordedHost.Container(Sample.Epoch), out _, out _));
    }

    [Fact]
    public void Read_HugeFile_IsRefused()
    {
        using var host = new RecordedHost("v2-systemd");
        host.Write(host.Find("memory.stat"), new string('x', 100_000));

        Assert.Equal(ReadingState.Refused, new CgroupReader(host.Root).Read(RecordedHost.Container(Sample.Epoch), out _, out _));
    }

    [Theory]
    [InlineData("v1-cgroupfs")]
    [InlineData("v2-systemd")]
    public void Read_ContainerEnded_IsGone(string name)
    {
        using var host = new RecordedHost(name);
        var reader = new CgroupReader(host.Root);
        var container = RecordedHost.Container(Sample.Epoch);
        Assert.Equal(ReadingState.Read, reader.Read(container, out _, out _));

        host.Delete(host.Cpu);
        Assert.Equal(ReadingState.Gone, reader.Read(container, out _, out _));
        host.Delete($"/proc/{RecordedHost.Pid}/cgroup");
        Assert.Equal(ReadingState.Gone, reader.Read(container, out _, out _));
    }

    /// <summary>The pid was given to another process, whose network must not be charged to the tenant.</summary>
    [Fact]
    public void Read_PidBelongsToAnotherProcess_IsGone()
    {
        using var host = new RecordedHost("v1-cgroupfs");
        var reader = new CgroupReader(host.Root);
        var container = RecordedHost.Container(Sample.Epoch);
        Assert.Equal(ReadingState.Read, reader.Read(container, out _, out _));

        host.Write($"/proc/{RecordedHost.Pid}/cgroup", "2:cpuacct:/user.slice\n0::/user.slice\n");

        Assert.Equal(ReadingState.Gone, reader.Read(container, out _, out _)); // its paths are known from before
        Assert.Equal(ReadingState.Gone, new CgroupReader(host.Root).Read(container, out _, out _));
    }

    [Fact]
    public void Read_ProcessInACgroupBelow_ReadsTheContainersOwn()
    {
        using var host = new RecordedHost("v2-systemd");
        var memberships = File.ReadAllText(Path.Join(host.Root, $"/proc/{RecordedHost.Pid}/cgroup")).TrimEnd();
        host.Write($"/proc/{RecordedHost.Pid}/cgroup", $"{memberships}/init.scope\n");

        Assert.Equal(ReadingState.Read, new CgroupReader(host.Root).Read(RecordedHost.Container(Sample.Epoch), out var reading, out _));
        Assert.Equal(619_430_000, reading.CpuNanoseconds);
    }

    [Fact]
    public void Read_PathLeadsOutOfTheHierarchy_IsRefused()
    {
        using var host = new RecordedHost("v2-systemd");
        host.Write($"/proc/{RecordedHost.Pid}/cgroup", $"0::/../../docker/{RecordedHost.ContainerId}\n");

        Assert.Equal(ReadingState.Refused, new CgroupReader(host.Root).Read(RecordedHost.Container(Sample.Epoch), out _, out _));
    }

    [Fact]
    public void Read_NoMemoryController_LeavesMemoryUnknown()
    {
        using var host = new RecordedHost("v2-cgroupfs");
        host.Delete(host.Memory);
        host.Delete(host.Find("memory.stat"));
        host.Delete(host.Find("memory.events"));

        Assert.Equal(ReadingState.Read, new CgroupReader(host.Root).Read(RecordedHost.Container(Sample.Epoch), out var reading, out _));
        Assert.Equal((619_430_000, null, null), (reading.CpuNanoseconds, reading.MemoryBytes, reading.WorkingSetBytes));
    }

    [Fact]
    public void Read_NoHierarchyMounted_SaysSo()
    {
        using var host = new RecordedHost("v2-cgroupfs");
        host.Write("/proc/self/mountinfo", "29 1 259:2 / / rw,relatime shared:1 - ext4 /dev/nvme0n1p2 rw\n");

        var error = Assert.Throws<MeteringUnavailableException>(() => new CgroupReader(host.Root).Read(RecordedHost.Container(Sample.Epoch), out _, out _));

        Assert.Contains("/sys/fs/cgroup", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_PartOfTheHierarchyMounted_IsFoundBelowIt()
    {
        var mounts = CgroupMounts.Parse("33 24 0:28 /docker /mnt/a\\040b rw - cgroup2 cgroup2 rw\nshort line\n1 2 3 4 5 6 - odd\n");

        var files = ContainerFiles.Find(mounts, "0::/docker/abc123\n"u8, "abc123", "");

        Assert.Equal("/mnt/a b/abc123/cpu.stat", files?.Cpu);
        Assert.Null(ContainerFiles.Find(mounts, "0::/other/abc123\n"u8, "abc123", ""));
    }

    [Theory]
    [InlineData("0\n", 1)]
    [InlineData("0-1\n", 2)]
    [InlineData("0-3,8,10-11\n", 7)]
    [InlineData("", 0)]
    [InlineData("3-1\n", 0)]
    [InlineData("0-99999999999\n", 0)]
    [InlineData("0-x\n", 0)]
    public void Threads_OnlineList_IsCounted(string content, int threads)
    {
        using var host = new RecordedHost("v2-cgroupfs");
        host.Write("/sys/devices/system/cpu/online", content);

        Assert.Equal(threads, new CgroupReader(host.Root).Threads);
    }

    [Fact]
    public void Read_Repeatedly_AllocatesNextToNothing()
    {
        using var host = new RecordedHost("v1-cgroupfs");
        var reader = new CgroupReader(host.Root);
        var container = RecordedHost.Container(Sample.Epoch);
        for (var i = 0; i < 50; i++) reader.Read(container, out _, out _);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++) reader.Read(container, out _, out _);
        var perReading = (GC.GetAllocatedBytesForCurrentThread() - before) / 100;

        // Seven file handles of the runtime, each with its path; no text, no buffers.
        Assert.InRange(perReading, 0, 2_000);
    }
}
