using System.Globalization;
using ProviderAgent.Isolation.Tests.Support;

namespace ProviderAgent.Isolation.Tests;

/// <summary>Files and devices that lead to the host, and limits that must hold.</summary>
[Collection(PrisonCollection.Name)]
public sealed class FileTests(Prison prison)
{
    // The kernel counts about 200 bytes for each of them, of the tenant's 72 MiB.
    private const long MostFilesInMemory = 450_000;

    [IsolationTheory]
    [InlineData("echo x > /proc/sys/kernel/core_pattern")]
    [InlineData("echo 1 > /proc/sys/vm/drop_caches")]
    [InlineData("echo 1 > /proc/sys/net/ipv4/ip_forward")]
    [InlineData("echo b > /proc/sysrq-trigger")]
    [InlineData("head -c 1 /proc/kcore")]
    [InlineData("echo 0 > /sys/kernel/mm/transparent_hugepage/enabled")]
    [InlineData("echo 1000000000 > /sys/fs/cgroup/memory/memory.limit_in_bytes")]
    [InlineData("mkdir /sys/fs/cgroup/memory/mine")]
    [InlineData("echo /tmp/x > /sys/fs/cgroup/memory/release_agent")]
    [InlineData("echo a > /sys/fs/cgroup/devices/devices.allow")]
    [InlineData("cat /proc/1/root/etc/shadow")]
    [InlineData("ls /proc/1/cwd/root/.ssh")]
    [InlineData("head -c 1 /dev/mem")]
    [InlineData("head -c 1 /dev/kmsg")]
    [InlineData("head -c 1 /dev/vda")]
    [InlineData("head -c 1 /dev/kvm")]
    [InlineData("head -c 1 /dev/fuse")]
    [InlineData("head -c 1 /dev/net/tun")]
    [InlineData("head -c 1 /dev/nvidia0")]
    [InlineData("ls /var/run/docker.sock")]
    [InlineData("ls /run/provider-agent-helper.sock")]
    [InlineData("mount -o remount,rw /proc/sys")]
    [InlineData("ulimit -n 1048577")]
    [InlineData("renice -n -5 -p $$")]
    public async Task Reach_IsRefused(string line) => Assert.EndsWith("refused\n", await prison.ShellAsync($"({line}) 2>&1 && echo reached || echo refused"), StringComparison.Ordinal);

    [IsolationTheory]
    [InlineData("echo x > /tmp/file && cat /tmp/file")]
    [InlineData("head -c 1 /dev/urandom > /dev/null")]
    [InlineData("cat /proc/self/status > /dev/null")]
    [InlineData("cat /proc/meminfo > /dev/null")]
    [InlineData("ulimit -n 512")]
    public async Task Reach_OfWhatProgramsNeed_Works(string line) => Assert.EndsWith("reached\n", await prison.ShellAsync($"({line}) 2>&1 && echo reached || echo refused"), StringComparison.Ordinal);

    [IsolationFact]
    public async Task SetuidProgram_MakesNobodyRoot()
    {
        await prison.ShellAsync("cp /tmp/suid /tmp/id; chmod 4755 /tmp/id");

        var seen = await prison.ExecAsync("65534", "/tmp/id");
        Assert.Contains("uid=65534", seen, StringComparison.Ordinal);
        Assert.DoesNotContain("euid=0", seen, StringComparison.Ordinal);
    }

    [IsolationFact]
    public async Task Capabilities_AreTheShortList_AndNoMoreCanBeHad()
    {
        var status = await prison.ShellAsync("cat /proc/self/status");

        Assert.Contains("CapBnd:\t00000000000004eb", status, StringComparison.Ordinal);
        Assert.Contains("NoNewPrivs:\t1", status, StringComparison.Ordinal);
        Assert.Contains("Seccomp:\t2", status, StringComparison.Ordinal);
    }

    [Trait(FaultRow.Trait, FaultRow.UsedUp)]
    [IsolationFact]
    public async Task ForkBomb_StopsAtTheLimit_AndTheNeighbourLivesOn()
    {
        var output = await prison.ShellAsync("i=0; while [ $i -lt 400 ]; do sleep 20 & i=$((i+1)); done 2>&1; echo done");

        Assert.Contains("can't fork", output, StringComparison.Ordinal);
        await prison.Host.ExecAsync(prison.Victim, "web", "true");
        await Eventually.BecomesTrueAsync("the attacker can fork again", async () => await prison.ShellAsync("killall sleep 2>/dev/null; echo free") == "free\n");
    }

    [Trait(FaultRow.Trait, FaultRow.UsedUp)]
    [IsolationFact]
    public async Task OpenFiles_EndAtTheLimitOfEachProcess_AndAHundredSuchProcessesAtTheTenantsMemory()
    {
        var limit = int.Parse(await prison.ShellAsync("ulimit -n"), CultureInfo.InvariantCulture);
        Assert.InRange(limit, 1_024, 65_536);
        var said = (await prison.ShellAsync("/tmp/files")).Split(' ', 2);
        Assert.Equal("Too many open files\n", said[1]);
        Assert.InRange(int.Parse(said[0], CultureInfo.InvariantCulture), limit - 16, limit);

        var before = OpenFiles();
        var attack = prison.ShellAsync("/tmp/files 100");
        var most = before;
        while (!attack.IsCompleted)
        {
            most = Math.Max(most, OpenFiles());
            Assert.Equal("fine\n", await prison.Host.ExecAsync(prison.Victim, "web", "sh", "-c", "cat /etc/hostname > /dev/null && echo fine"));
        }

        await attack;
        Assert.InRange(most - before, limit, MostFilesInMemory);
        await Eventually.BecomesTrueAsync("the attacker can work again", async () => await prison.ShellAsync("echo there") == "there\n");

        static long OpenFiles() => long.Parse(File.ReadAllText("/proc/sys/fs/file-nr").Split('\t')[0], CultureInfo.InvariantCulture);
    }

    [Trait(FaultRow.Trait, FaultRow.UsedUp)]
    [IsolationFact]
    public async Task MemoryBomb_EndsItselfOnly()
    {
        var before = await prison.Host.InspectAsync(prison.Victim, "web");

        await prison.ShellAsync("tail /dev/zero; true");

        var after = await prison.Host.InspectAsync(prison.Victim, "web");
        Assert.Equal((before.State.Pid, false), (after.State.Pid, after.State.OOMKilled));
        Assert.Equal(64 * 1024 * 1024 + 8 * 1024 * 1024, (await prison.Host.InspectAsync(prison.Attacker, "shell")).HostConfig.Memory);
    }

    [Trait(Pain.Trait, Pain.SharedMemory)]
    [IsolationFact]
    public async Task SharedMemory_EndsAtItsSize() =>
        Assert.Contains("No space left", await prison.ShellAsync("dd if=/dev/zero of=/dev/shm/file bs=1M count=20 2>&1; rm -f /dev/shm/file"), StringComparison.Ordinal);

    [Trait(Pain.Trait, Pain.GpusStolen)]
    [IsolationFact]
    public async Task Nvidia_NobodySeesAGpuWithoutALease() =>
        Assert.Equal("void\n", await prison.ShellAsync("echo $NVIDIA_VISIBLE_DEVICES; ls /dev | grep nvidia"));
}
