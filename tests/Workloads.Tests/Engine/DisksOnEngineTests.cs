using System.Globalization;
using ProviderAgent.Manifests;
using ProviderAgent.Marketplace;
using ProviderAgent.Workloads.Tests.Support;

namespace ProviderAgent.Workloads.Tests.Engine;

/// <summary>Disk space on a real engine with file systems in files: what is leased is what is enforced, and nothing of it is lost or left.</summary>
public sealed class DisksOnEngineTests : IAsyncLifetime
{
    private readonly DiskFolders _folders = new();
    private readonly WorkloadHost _host = new() { Guard = new OpenGuard() };
    private SpareEngine? _engine;

    public DisksOnEngineTests()
    {
        _host.DiskFolder = _folders.Path;
        _host.Configure = options => options.Network.Subnets = "10.221.0.0/16";
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await _host.DisposeAsync();
        if (_engine is not null) await _engine.DisposeAsync();
        _folders.Dispose();
    }

    [Trait(Pain.Trait, Pain.DiskExhausted)]
    [NeedsRootFact(MachineNeeds.DockerSocket, "mkfs.ext4", "losetup")]
    public async Task Layer_Scratch_And_Volume_EndAtTheirSize_AndTheTeardownLeavesNothing()
    {
        await _host.StartAsync();
        var lease = _host.Market.Win(1);
        await _host.SendManifestAsync(lease, Database());
        await _host.WaitUntilActiveAsync(lease);

        Assert.Contains("No space left", await _host.ExecAsync(lease, "db", "dd", "if=/dev/zero", "of=/file", "bs=1M", "count=100"), StringComparison.Ordinal);
        // The scratch folder is on the same file system, so it is full as well.
        Assert.Contains("No space left", await _host.ExecAsync(lease, "db", "dd", "if=/dev/zero", "of=/cache/file", "bs=1M", "count=1"), StringComparison.Ordinal);
        Assert.Contains("No space left", await _host.ExecAsync(lease, "db", "dd", "if=/dev/zero", "of=/var/db/file", "bs=1M", "count=100"), StringComparison.Ordinal);
        await _host.Get<DiskWatch>().LookAsync(CancellationToken.None);
        var volume = _host.Get<ITenantDisks>().FindVolume(WorkloadNames.Volume(lease, "db", "data", 0))!;
        Assert.InRange(volume.Fill!.UsedBytes, volume.Fill.TotalBytes * 95 / 100, volume.Fill.TotalBytes);
        Assert.Equal(new((64 + 48 - 30) * ByteSize.MiB), _host.Get<ITenantDisks>().Terms.SetAside); // less what its logs may take

        _host.Market.Close(lease);
        await Eventually.BecomesTrueAsync("everything is gone", async () => !_host.Leases.ContainsKey(lease) && await _host.CountOnEngineAsync() == 0);
        await Eventually.BecomesTrueAsync("its files too", () => _folders.Files().Count == 0);
        await Eventually.BecomesTrueAsync("mounts and devices too", () => _folders.Mounts().Count == 0 && _folders.Devices().Count == 0);
    }

    [NeedsRootFact(MachineNeeds.DockerSocket, "mkfs.ext4", "losetup")]
    public async Task Volume_IsKeptOverUpdateGrowthAndASwitchedOffHost_AndTheLayerOverTheLatter()
    {
        await _host.StartAsync();
        var lease = _host.Market.Win(1);
        await _host.SendManifestAsync(lease, Database());
        await _host.WaitUntilActiveAsync(lease);
        await _host.ExecAsync(lease, "db", "sh", "-c", "echo precious > /var/db/file");

        // An update of the service: a new container, the same volume, larger.
        await _host.SendManifestAsync(lease, Database("CHANGED=1", volumeMib: 96));
        await _host.WaitForAsync(lease, "the update runs", view => view.Desired?.Containers.All(spec => spec.Environment.Contains("CHANGED=1")) == true && WorkloadPlanner.IsReady(view.Desired, view.Actual));
        Assert.Equal("precious\n", await _host.ExecAsync(lease, "db", "cat", "/var/db/file"));
        Assert.InRange(await KibibytesAsync(lease, "/var/db"), 80 * 1024, 96 * 1024);
        await _host.ExecAsync(lease, "db", "sh", "-c", "echo mine > /file; echo mine > /cache/file");

        // The machine is switched off and on: containers have ended, mounts and devices are gone, files are there.
        await _host.StopAsync();
        await _host.KillContainersAsync();
        await _folders.PowerOffAsync();
        await _host.StartAsync();
        await _host.WaitUntilActiveAsync(lease);

        Assert.Equal("precious\nmine\nmine\n", await _host.ExecAsync(lease, "db", "cat", "/var/db/file", "/file", "/cache/file"));
        Assert.InRange(await KibibytesAsync(lease, "/"), 48 * 1024, 64 * 1024);
    }

    [NeedsRootFact(MachineNeeds.DockerSocket, "mkfs.ext4", "losetup")]
    public async Task ContainerEndedAndStartedAgain_KeepsItsLayer()
    {
        await _host.StartAsync();
        var lease = _host.Market.Win(1);
        await _host.SendManifestAsync(lease, Database());
        await _host.WaitUntilActiveAsync(lease);
        await _host.ExecAsync(lease, "db", "sh", "-c", "echo mine > /file");
        var first = (await _host.InspectAsync(lease, "db")).State.StartedAt;

        await _host.KillContainersAsync();
        await _host.WaitForAsync(lease, "it was started again", view => view.Actual.Containers is [{ Condition: ContainerCondition.Running }]);
        await Eventually.BecomesTrueAsync("a new run", async () => await _host.InspectAsync(lease, "db") is { State: { Running: true } state } && state.StartedAt != first);

        Assert.Equal("mine\n", await _host.ExecAsync(lease, "db", "cat", "/file"));
    }

    [NeedsRootFact(MachineNeeds.DockerSocket, "mkfs.ext4", "losetup")]
    public async Task LayerFileRemovedByHand_ContainerIsMadeAnew_AndALostVolumeIsNeverReplacedByAnEmptyOne()
    {
        await _host.StartAsync();
        var lease = _host.Market.Win(1);
        await _host.SendManifestAsync(lease, Database());
        await _host.WaitUntilActiveAsync(lease);
        var before = (await _host.InspectAsync(lease, "db")).ID;
        await _host.StopAsync();
        await _host.KillContainersAsync();
        await _folders.PowerOffAsync();
        File.Delete(_folders.Files().Single(file => file.Contains("/layers/", StringComparison.Ordinal)));
        await _host.StartAsync();
        await _host.WaitUntilActiveAsync(lease);
        Assert.NotEqual(before, (await _host.InspectAsync(lease, "db")).ID);

        await _host.StopAsync();
        await _host.KillContainersAsync();
        await _folders.PowerOffAsync();
        File.Delete(_folders.Files().Single(file => file.Contains("/volumes/", StringComparison.Ordinal)));
        await _host.StartAsync();
        await _host.WaitForAsync(lease, "the tenant is told", view => view.Problems.TryGetValue("db", out var problem) && problem.Contains("is gone from this host", StringComparison.Ordinal));
        Assert.DoesNotContain(_folders.Files(), file => file.Contains("/volumes/", StringComparison.Ordinal));
    }

    [NeedsRootFact(MachineNeeds.DockerSocket, "mkfs.ext4", "losetup")]
    public async Task DisksWithoutOwner_AreCollected_AndThoseInUseAreNot()
    {
        await _host.StartAsync();
        var lease = _host.Market.Win(1);
        await _host.SendManifestAsync(lease, Database());
        await _host.WaitUntilActiveAsync(lease);
        var inUse = _folders.Files().Order(StringComparer.Ordinal).ToArray();
        var disks = _host.Get<TenantDisks>();

        // As left by a daemon that was killed right behind each of them.
        await disks.Host.EnsureLayerAsync(disks.Space, "00000000deadbeef", 32 * ByteSize.MiB, 0, 1, create: true, CancellationToken.None);
        await disks.Host.EnsureVolumeAsync(disks.Space, "pa-00000000-gone-00000000-0", 32 * ByteSize.MiB, 0, create: true, CancellationToken.None);
        await _host.Get<DiskWatch>().LookAsync(CancellationToken.None);

        Assert.Equal(inUse, _folders.Files().Where(file => !file.Contains("/kept/", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
        Assert.StartsWith("pa-00000000-gone-00000000-0.", Assert.Single(_host.Get<ITenantDisks>().Kept).Name, StringComparison.Ordinal);
        Assert.Equal(2, _folders.Devices().Count);

        // What runs cannot be removed, whoever asks.
        var key = (await _host.WaitUntilActiveAsync(lease)).Actual.Containers[0].Layer;
        Assert.Contains("a container runs on", (await Assert.ThrowsAsync<DiskException>(() => disks.Host.RemoveLayerAsync(disks.Space, key, CancellationToken.None))).Message, StringComparison.Ordinal);
    }

    [NeedsRootFact(MachineNeeds.DockerSocket, "mkfs.ext4", "losetup")]
    public Task Grace_LeaseThatRanDry_KeepsItsVolumes() => EndsAsync(LeaseCloseReason.InsufficientFunds, kept: 1);

    [NeedsRootFact(MachineNeeds.DockerSocket, "mkfs.ext4", "losetup")]
    public Task Grace_LeaseThatItsTenantEnded_KeepsNothing() => EndsAsync(LeaseCloseReason.Owner, kept: 0);

    private async Task EndsAsync(LeaseCloseReason reason, int kept)
    {
        _host.Configure += options => options.Volumes.Grace = TimeSpan.FromHours(1);
        await _host.StartAsync();
        var lease = _host.Market.Win(1);
        await _host.SendManifestAsync(lease, Database());
        await _host.WaitUntilActiveAsync(lease);

        _host.Market.Close(lease, reason: reason);
        await Eventually.BecomesTrueAsync("everything is gone", async () => !_host.Leases.ContainsKey(lease) && await _host.CountOnEngineAsync() == 0);

        await _host.Get<DiskWatch>().LookAsync(CancellationToken.None);
        Assert.Equal(kept, _host.Get<ITenantDisks>().Kept.Count);
        Assert.Equal(kept, _folders.Files().Count);
    }

    [NeedsRootFact(MachineNeeds.DockerSocket, "mkfs.ext4", "losetup")]
    public async Task DisksCannotBeMade_NothingIsRunWithoutLimit_AndNoStorageIsSold()
    {
        File.SetUnixFileMode(_folders.Path, (UnixFileMode)0b111_111_111);
        await _host.StartAsync();
        var lease = _host.Market.Win(1);
        await _host.SendManifestAsync(lease, Database());

        await _host.WaitForAsync(lease, "the tenant is told", view => view.Problems.TryGetValue("db", out var problem) && problem.Contains("cannot hold tenants to their disk space", StringComparison.Ordinal));
        Assert.Empty(_host.Leases[lease].Actual.Containers);
        Assert.NotNull(_host.Get<ITenantDisks>().Terms.Problem);
        Assert.NotNull(_host.Get<ITenantDisks>().Terms.PersistentProblem);

        File.SetUnixFileMode(_folders.Path, (UnixFileMode)0b111_000_000);
        await _host.Get<DiskWatch>().LookAsync(CancellationToken.None);
        await _host.WaitUntilActiveAsync(lease);
        Assert.Null(_host.Get<ITenantDisks>().Terms.Problem);
    }

    [NeedsRootFact("dockerd", "mkfs.btrfs", "mkfs.ext4", "losetup")]
    public async Task Btrfs_EngineLimitsTheLayer_FilesLimitTheRest()
    {
        _engine = await SpareEngine.StartOnBtrfsAsync();
        _host.EngineEndpoint = _engine.Endpoint;
        _host.Configure += options => options.Volumes.Backend = DiskBackend.Auto;
        await _host.StartAsync();
        var lease = _host.Market.Win(1);
        await _host.SendManifestAsync(lease, Database());
        await _host.WaitUntilActiveAsync(lease);

        Assert.Equal((DiskKeeper.Engine, DiskKeeper.Loop), (_host.Get<TenantDisks>().Choice.Layers.Keeper, _host.Get<TenantDisks>().Choice.Volumes.Keeper));
        Assert.Equal((64 * ByteSize.MiB).ToString(CultureInfo.InvariantCulture), (await _host.InspectAsync(lease, "db")).HostConfig.StorageOpt?["size"]);
        Assert.Matches("No space left|quota exceeded", await _host.ExecAsync(lease, "db", "dd", "if=/dev/zero", "of=/file", "bs=1M", "count=100"));
        Assert.Contains("No space left", await _host.ExecAsync(lease, "db", "dd", "if=/dev/zero", "of=/cache/file", "bs=1M", "count=100"), StringComparison.Ordinal);
        Assert.Contains("No space left", await _host.ExecAsync(lease, "db", "dd", "if=/dev/zero", "of=/var/db/file", "bs=1M", "count=100"), StringComparison.Ordinal);

        _host.Market.Close(lease);
        await Eventually.BecomesTrueAsync("everything is gone", async () => !_host.Leases.ContainsKey(lease) && await _host.CountOnEngineAsync() == 0 && _folders.Files().Count == 0);
    }

    private async Task<long> KibibytesAsync(LeaseId lease, string path)
    {
        var lines = (await _host.ExecAsync(lease, "db", "df", "-kP", path)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return long.Parse(lines[^1].Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
    }

    /// <summary>64 MiB of layer and scratch folder, a persistent volume.</summary>
    private static ManifestService Database(string environment = "CHANGED=0", int volumeMib = 48) => Build.Service("db") with
    {
        Image = WorkloadHost.Image,
        Args = ["tail", "-f", "/dev/null"],
        Env = [environment],
        Resources = Build.Service().Resources with
        {
            Storage =
            [
                new StorageVolume("default", new(48 * ByteSize.MiB), []),
                new StorageVolume("cache", new(16 * ByteSize.MiB), []),
                new StorageVolume("data", new(volumeMib * ByteSize.MiB), [new("class", "beta2"), new("persistent", "true")]),
            ],
        },
        Params = new ServiceParams { Storage = [new StorageMount("cache", "/cache", false), new StorageMount("data", "/var/db", false)] },
    };
}
