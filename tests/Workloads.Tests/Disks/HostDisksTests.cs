using System.Text;
using ProviderAgent.Marketplace;
using ProviderAgent.Workloads.Tests.Support;

namespace ProviderAgent.Workloads.Tests.Disks;

/// <summary>Real file systems in real files, and every point at which the process that makes them can be killed.</summary>
public sealed class HostDisksTests : IDisposable
{
    private const string Space = "0123456789abcdef";
    private const string Volume = "pa-01234567-web-89abcdef-0";
    private const string Key = "fedcba9876543210";
    private const long Size = 32 * ByteSize.MiB;

    private readonly DiskFolders _folders = new();
    private readonly ManualTimeProvider _time = new();
    private HostDisks? _disks;

    private HostDisks Sut => _disks ??= new(_folders.Path, () => "/var/lib/docker", _time);

    private string Image => Path.Combine(_folders.Path, Space, "volumes", Volume + ".img");

    public void Dispose()
    {
        _disks?.Dispose();
        _folders.Dispose();
    }

    [NeedsRootFact("mkfs.ext4", "losetup")]
    public async Task FindProblem_OnAHostThatCan_IsNothing() => Assert.Null(await Sut.FindProblemAsync(CancellationToken.None));

    [NeedsRootFact("mkfs.ext4", "losetup")]
    public async Task EnsureVolume_Twice_IsOneFileOneDeviceOnePath()
    {
        var first = await EnsureAsync();
        var second = await EnsureAsync();

        Assert.Equal(first, second);
        Assert.Equal(new FileInfo(first!).LinkTarget, Assert.Single(_folders.Devices()));
        Assert.Equal([Image], _folders.Files());
        Assert.Equal(Size, new FileInfo(Image).Length);
        Assert.True(Blocks(Image) * 512 >= Size, "all of it is set aside on the disk");
    }

    [NeedsRootFact("mkfs.ext4", "losetup")]
    public async Task EnsureVolume_NotThereAndNotToBeMade_IsNull() =>
        Assert.Null(await Sut.EnsureVolumeAsync(Space, Volume, Size, 0, create: false, CancellationToken.None));

    [NeedsRootFact("mkfs.ext4", "losetup")]
    public async Task EnsureVolume_AfterTheHostWasSwitchedOff_LeadsToItsDeviceAgain()
    {
        var path = await EnsureAsync();
        WithMount(path!, folder => File.WriteAllText(Path.Combine(folder, "file"), "kept"));
        await _folders.PowerOffAsync();

        Assert.Equal(path, await EnsureAsync());
        WithMount(path!, folder => Assert.Equal("kept", File.ReadAllText(Path.Combine(folder, "file"))));
    }

    [NeedsRootFact("mkfs.ext4", "losetup")]
    public async Task Volume_IsEmptyAtFirst_AndEndsAtItsSize()
    {
        var path = await EnsureAsync();

        WithMount(path!, folder =>
        {
            Assert.Empty(Directory.EnumerateFileSystemEntries(folder));
            using var file = File.Create(Path.Combine(folder, "file"));
            var block = new byte[ByteSize.MiB];
            Assert.Throws<IOException>(() =>
            {
                for (var i = 0; i < 40; i++) file.Write(block);
                file.Flush(flushToDisk: true);
            });
        });
    }

    [NeedsRootFact("mkfs.ext4", "losetup")]
    public async Task EnsureVolume_Larger_Grows_AndSmallerIsRefused()
    {
        var path = await EnsureAsync();
        WithMount(path!, folder => File.WriteAllText(Path.Combine(folder, "file"), "kept"));

        // As after a day of use: last looked through long before it was last mounted.
        await new DiskCommand(TimeProvider.System).RunAsync(TimeSpan.FromSeconds(20), "tune2fs", ["-T", "20200101", path!], CancellationToken.None);

        // An update ends the old container first, so that nothing has it mounted. A process that another test is just starting can hold it for a moment.
        Assert.Equal(path, await Eventually.GetAsync("a larger volume", () => Sut.EnsureVolumeAsync(Space, Volume, 2 * Size, 0, create: false, CancellationToken.None)));
        WithMount(path!, folder =>
        {
            Assert.True(new DriveInfo(folder).TotalSize > Size * 3 / 2);
            Assert.Equal("kept", File.ReadAllText(Path.Combine(folder, "file")));
        });

        var error = await Assert.ThrowsAsync<DiskException>(EnsureAsync);
        Assert.Contains("cannot shrink", error.Message, StringComparison.Ordinal);
    }

    [NeedsRootFact("mkfs.ext4", "losetup")]
    public async Task EnsureVolume_KilledBetweenGrowingTheFileAndTheFileSystem_GoesOnFromThere()
    {
        var path = await EnsureAsync();
        using (var handle = File.OpenHandle(Image, FileMode.Open, FileAccess.ReadWrite)) DiskSystem.Allocate(handle, 2 * Size);

        await Sut.EnsureVolumeAsync(Space, Volume, 2 * Size, 0, create: false, CancellationToken.None);

        WithMount(path!, folder => Assert.True(new DriveInfo(folder).TotalSize > Size));
    }

    [NeedsRootFact("mkfs.ext4", "losetup")]
    public async Task EnsureVolume_KilledWhileItWasMade_IsMadeAnew_AndTheRestIsSwept()
    {
        await Sut.ListAsync(Space, CancellationToken.None);
        await File.WriteAllTextAsync(Image + ".new", "half of a file system");
        await File.WriteAllTextAsync(Path.Combine(_folders.Path, Space, "layers", Key + ".img.new"), "half of another");

        await EnsureAsync();
        await Sut.ListAsync(Space, CancellationToken.None);

        Assert.Equal([Image], _folders.Files());
    }

    [NeedsRootFact("mkfs.ext4", "losetup")]
    public async Task RemoveVolume_LeavesNothing_AndNothingOfItIsReadByTheNextOne()
    {
        var secret = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("the tenant's own secret ", 4_096)));
        var path = await EnsureAsync();
        WithMount(path!, folder =>
        {
            using var file = File.Create(Path.Combine(folder, "secret"));
            for (var i = 0; i < 200; i++) file.Write(secret);
            file.Flush(flushToDisk: true);
        });

        await Sut.RemoveVolumeAsync(Space, Volume, keep: false, CancellationToken.None);
        Assert.Empty(_folders.Files());
        await Eventually.BecomesTrueAsync("its device is gone", () => _folders.Devices().Count == 0);

        // The next tenant gets more than all of those blocks, and reads them raw.
        await Sut.EnsureVolumeAsync(Space, Volume, 4 * Size, 0, create: true, CancellationToken.None);
        Assert.Equal(-1, (await File.ReadAllBytesAsync(Image)).AsSpan().IndexOf("own secret"u8));
        await Sut.RemoveVolumeAsync(Space, Volume, keep: false, CancellationToken.None);
        await Sut.RemoveVolumeAsync(Space, Volume, keep: false, CancellationToken.None); // gone already
    }

    [NeedsRootFact("mkfs.ext4", "losetup")]
    public async Task RemoveVolume_InUse_IsRefused_AndNothingIsLost()
    {
        var path = await EnsureAsync();
        await WithMountAsync(path!, async folder =>
        {
            var error = await Assert.ThrowsAsync<DiskException>(() => Sut.RemoveVolumeAsync(Space, Volume, keep: false, CancellationToken.None));
            Assert.Contains($"in use at {folder}", error.Message, StringComparison.Ordinal);
        });

        Assert.True(File.Exists(Image));
    }

    [NeedsRootFact("mkfs.ext4", "losetup")]
    public async Task RemoveVolume_Keeping_SetsItAside_UntilItIsRemovedForGood()
    {
        await EnsureAsync();
        await Sut.RemoveVolumeAsync(Space, Volume, keep: true, CancellationToken.None);
        await Sut.RemoveVolumeAsync(Space, Volume, keep: true, CancellationToken.None); // as after a kill right behind the first

        var kept = Assert.Single(await Sut.ListAsync(Space, CancellationToken.None));
        Assert.Equal((HostDiskKind.Kept, Size, _time.GetUtcNow()), (kept.Kind, kept.Bytes, kept.KeptSince));
        Assert.Empty(_folders.Devices());

        await Sut.RemoveKeptAsync(Space, kept.Name, CancellationToken.None);
        Assert.Empty(_folders.Files());
    }

    [NeedsRootFact("mkfs.ext4", "losetup")]
    public async Task List_TellsUseWhileMounted_AndUnknownOtherwise()
    {
        var path = await EnsureAsync();
        Assert.Null(Assert.Single(await Sut.ListAsync(Space, CancellationToken.None)).Fill);

        await WithMountAsync(path!, async folder =>
        {
            await File.WriteAllBytesAsync(Path.Combine(folder, "file"), new byte[8 * ByteSize.MiB]);
            var fill = Assert.Single(await Sut.ListAsync(Space, CancellationToken.None)).Fill!;
            Assert.InRange(fill.UsedBytes, 8 * ByteSize.MiB, 10 * ByteSize.MiB);
            Assert.InRange(fill.TotalBytes, Size * 7 / 10, Size);
            Assert.InRange(fill.UsedFiles, 1, 100);
            Assert.InRange(fill.TotalFiles, 1_000, 10_000);
        });
    }

    [NeedsRootFact("mkfs.ext4", "losetup")]
    public async Task EnsureVolume_MoreThanTheDiskHas_IsRefused_AndLeavesNothing()
    {
        var error = await Assert.ThrowsAsync<DiskException>(() => Sut.EnsureVolumeAsync(Space, Volume, 60 * ByteSize.TiB, 0, create: true, CancellationToken.None));

        Assert.Contains("no room", error.Message, StringComparison.Ordinal);
        Assert.Empty(_folders.Files());
    }

    [NeedsRootFact("mkfs.ext4", "losetup")]
    public async Task Layer_IsMadeMountedAndRemoved_AlsoAfterTheHostWasSwitchedOff()
    {
        var folder = (await Sut.EnsureLayerAsync(Space, Key, Size, 0, 2, create: true, CancellationToken.None))!;
        await File.WriteAllTextAsync(Path.Combine(folder, "scratch", "1", "file"), "kept");
        await _folders.PowerOffAsync();
        Assert.Empty(_folders.Mounts());

        Assert.Equal(folder, await Sut.EnsureLayerAsync(Space, Key, Size, 0, 0, create: false, CancellationToken.None));
        Assert.Equal("kept", await File.ReadAllTextAsync(Path.Combine(folder, "scratch", "1", "file")));

        await Sut.RemoveLayerAsync(Space, Key, CancellationToken.None);
        Assert.Empty(_folders.Files());
        Assert.Empty(_folders.Mounts());
        await Sut.RemoveLayerAsync(Space, Key, CancellationToken.None);
        Assert.Null(await Sut.EnsureLayerAsync(Space, Key, Size, 0, 0, create: false, CancellationToken.None));
    }

    [NeedsRootFact("mkfs.ext4", "losetup")]
    public async Task CoverLayer_ThatIsNoneOfTheEngines_IsRefused()
    {
        await Sut.EnsureLayerAsync(Space, Key, Size, 0, 0, create: true, CancellationToken.None);

        foreach (var layer in new[] { "..", "l", "", new string('a', 64), "7bf20c7932a7/../../../etc" })
            await Assert.ThrowsAsync<DiskException>(() => Sut.CoverLayerAsync(Space, Key, layer, CancellationToken.None));
    }

    [NeedsRootFact("mkfs.ext4", "losetup")]
    public async Task Folder_ThatOthersMayWrite_OrThatIsALink_IsRefused()
    {
        File.SetUnixFileMode(_folders.Path, (UnixFileMode)0b111_111_111);
        await Assert.ThrowsAsync<DiskException>(EnsureAsync);
        File.SetUnixFileMode(_folders.Path, (UnixFileMode)0b111_000_000);

        File.CreateSymbolicLink(Path.Combine(_folders.Path, Space), "/etc");
        Assert.Contains("is a link", (await Assert.ThrowsAsync<DiskException>(EnsureAsync)).Message, StringComparison.Ordinal);
    }

    private Task<string?> EnsureAsync() => Sut.EnsureVolumeAsync(Space, Volume, Size, 0, create: true, CancellationToken.None);

    private void WithMount(string device, Action<string> act) => WithMountAsync(device, folder =>
    {
        act(folder);
        return Task.CompletedTask;
    }).GetAwaiter().GetResult();

    private async Task WithMountAsync(string device, Func<string, Task> act)
    {
        var folder = Directory.CreateDirectory(Path.Combine(_folders.Path, "look")).FullName;
        var command = new DiskCommand(TimeProvider.System);
        await command.RunAsync(TimeSpan.FromSeconds(20), "mount", ["-t", "ext4", device, folder], CancellationToken.None);
        try
        {
            await act(folder);
        }
        finally
        {
            await Eventually.BecomesTrueAsync("it is unmounted", () => TryUnmountAsync(folder));
        }
    }

    // A process that another test is just starting can hold a file of it for a moment.
    private static async Task<bool> TryUnmountAsync(string folder)
    {
        try
        {
            await new DiskCommand(TimeProvider.System).RunAsync(TimeSpan.FromSeconds(20), "umount", [folder], CancellationToken.None);
            return true;
        }
        catch (DiskException)
        {
            return false;
        }
    }

    private static long Blocks(string file) =>
        long.Parse(new DiskCommand(TimeProvider.System).RunAsync(TimeSpan.FromSeconds(20), "stat", ["--format=%b", file], CancellationToken.None).GetAwaiter().GetResult(), System.Globalization.CultureInfo.InvariantCulture);
}
