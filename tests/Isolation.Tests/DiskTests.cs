using System.Globalization;
using ProviderAgent.Isolation.Tests.Support;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Isolation.Tests;

/// <summary>A tenant that fills whatever it can write to: it ends at its own limit, and neither the host nor the neighbour notices.</summary>
[Collection(PrisonCollection.Name)]
public sealed class DiskTests(Prison prison)
{
    private const string Bytes = "dd if=/dev/zero of=FOLDER/flood bs=1M count=200 2>&1; rm -f FOLDER/flood";
    private const string Files = "mkdir -p FOLDER/many; i=0; while [ $i -lt 60000 ] && true > FOLDER/many/$i; do i=$((i+1)); done 2>&1; echo made $i; rm -rf FOLDER/many";

    [Trait(Pain.Trait, Pain.DiskExhausted)]
    [IsolationTheory]
    [InlineData("/tmp", 64)] // in the writable layer, which has the size of layer and scratch folder together
    [InlineData("/scratch", 64)]
    [InlineData("/data", 32)]
    [InlineData("/dev/shm", 8)]
    public async Task Bytes_EndAtTheLimit_AndTheHostHasTheSameRoom(string folder, int limitMib)
    {
        var before = prison.DiskBytes();

        var said = await prison.ShellAsync(Bytes.Replace("FOLDER", folder, StringComparison.Ordinal));

        Assert.Contains("No space left on device", said, StringComparison.Ordinal);
        Assert.InRange(Written(said), limitMib * 7 / 10, limitMib);
        // What was set aside beforehand takes nothing more when it is written.
        Assert.InRange(prison.DiskBytes(), 0, before + ByteSize.MiB);
        await NeighbourWritesAsync();
        // The control: there is room again once the tenant has cleaned up.
        Assert.Equal("fits\n", await prison.ShellAsync($"dd if=/dev/zero of={folder}/small bs=1M count=2 2>/dev/null && echo fits; rm -f {folder}/small"));
    }

    [Trait(FaultRow.Trait, FaultRow.UsedUp)]
    [IsolationTheory]
    [InlineData("/tmp")]
    [InlineData("/scratch")]
    [InlineData("/data")]
    public async Task Files_EndAtTheLimit_AndTheNeighbourMakesSomeMore(string folder)
    {
        var said = await prison.ShellAsync(Files.Replace("FOLDER", folder, StringComparison.Ordinal));

        Assert.Contains("No space left on device", said, StringComparison.Ordinal);
        var made = int.Parse(said.TrimEnd('\n').Split(' ')[^1], CultureInfo.InvariantCulture);
        Assert.InRange(made, 500, 20_000);
        await NeighbourWritesAsync();
        Assert.Equal("fits\n", await prison.ShellAsync($"true > {folder}/one && echo fits; rm -f {folder}/one"));
    }

    [Trait(FaultRow.Trait, FaultRow.UsedUp)]
    [IsolationFact]
    public async Task Logs_EndAtTheLimit_AndTheLatestLinesAreThere()
    {
        // Standard output of the main process is what the engine writes to its own disk.
        await prison.ShellAsync("i=0; while [ $i -lt 400 ]; do head -c 16000 /dev/zero | tr '\\0' x; echo; i=$((i+1)); done > /proc/1/fd/1; echo the last line > /proc/1/fd/1");

        var container = await prison.Host.InspectAsync(prison.Attacker, "shell");
        await Eventually.BecomesTrueAsync("the engine has written all of it", () => File.ReadLines(container.LogPath).Any(line => line.Contains("the last line", StringComparison.Ordinal)));
        var size = new DirectoryInfo(Path.GetDirectoryName(container.LogPath)!).EnumerateFiles(Path.GetFileName(container.LogPath) + "*").Sum(file => file.Length);
        Assert.InRange(size, 1, 2 * ByteSize.MiB + 64 * ByteSize.KiB); // to one message
    }

    [IsolationTheory]
    [InlineData("mount -o remount,size=1g /dev/shm")]
    [InlineData("losetup /dev/loop0 /tmp/x")]
    [InlineData("mknod /tmp/disk b 7 0")]
    [InlineData("head -c 1 /dev/loop0")]
    [InlineData("ls /var/lib/provider-agent-disks")]
    [InlineData("umount /data")]
    [InlineData("fstrim /data")]
    public async Task WaysAroundTheLimit_AreRefused(string line) => Assert.EndsWith("refused\n", await prison.ShellAsync($"({line}) 2>&1 && echo reached || echo refused"), StringComparison.Ordinal);

    [IsolationFact]
    public async Task DeviceFilesOnAVolume_HaveNoEffect_AndSetuidProgramsNeither()
    {
        var mounts = await prison.ShellAsync("cat /proc/self/mounts");

        Assert.Matches("(?m)^[^ ]+ /data ext4 rw,nosuid,nodev", mounts);
        Assert.Matches("(?m)^[^ ]+ /scratch ext4 rw,nodev", mounts);
    }

    /// <summary>The control for every flood: the tenant next door still writes, on the same disk of the host.</summary>
    private async Task NeighbourWritesAsync() =>
        Assert.Equal("fine\n", await prison.Host.ExecAsync(prison.Victim, "web", "sh", "-c", "dd if=/dev/zero of=/tmp/mine bs=1M count=4 2>/dev/null && touch /tmp/other && echo fine; rm -f /tmp/mine /tmp/other"));

    /// <summary>Whole blocks of a mebibyte that dd says it wrote: <c>57+0 records out</c>.</summary>
    private static int Written(string said)
    {
        var line = said.Split('\n').SingleOrDefault(line => line.EndsWith("records out", StringComparison.Ordinal)) ?? throw new InvalidOperationException($"dd said: {said}");
        return int.Parse(line.AsSpan(0, line.IndexOf('+', StringComparison.Ordinal)), CultureInfo.InvariantCulture);
    }
}
