using System.Text.Json.Nodes;
using ProviderAgent.Manifests;
using ProviderAgent.Marketplace;
using ProviderAgent.Workloads.Tests.Images;
using ProviderAgent.Workloads.Tests.Support;

namespace ProviderAgent.Workloads.Tests.Engine;

/// <summary>Folders that an image declares as volumes, on a real engine with file systems in files: the engine would put them on its own disk, beside every limit.</summary>
public sealed class ImageVolumesOnEngineTests : IAsyncLifetime
{
    private readonly DiskFolders _folders = new();
    private readonly WorkloadHost _host = new() { Guard = new OpenGuard() };
    private string _image = "";

    public ImageVolumesOnEngineTests()
    {
        _host.DiskFolder = _folders.Path;
        _host.Configure = options => options.Network.Subnets = "10.224.0.0/16";
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await _host.DisposeAsync();
        _folders.Dispose();
    }

    [NeedsRootFact(MachineNeeds.DockerSocket, "mkfs.ext4", "losetup")]
    public async Task Declared_AreFilledFromTheImage_EndAtTheLeasedDisk_OutliveARestart_AndGoWithTheLease()
    {
        // Without what the image has there nothing would run.
        _image = await LocalImage.PushAsync("test/declares", config => config["Volumes"] = new JsonObject { ["/bin"] = new JsonObject(), ["/uploads/"] = new JsonObject() });
        await _host.StartAsync();
        var lease = _host.Market.Win(1);
        await _host.SendManifestAsync(lease, Service("first"));
        await _host.WaitUntilActiveAsync(lease);
        var first = await _host.InspectAsync(lease, "web");
        Assert.Equal(["/bin", "/uploads"], first.Mounts.Select(mount => mount.Destination).Order(StringComparer.Ordinal));

        // One limit for all of it: what one part takes the others lack.
        Assert.DoesNotContain("No space", await _host.ExecAsync(lease, "web", "dd", "if=/dev/zero", "of=/uploads/kept", "bs=1M", "count=25"), StringComparison.Ordinal);
        Assert.Contains("No space left", await _host.ExecAsync(lease, "web", "dd", "if=/dev/zero", "of=/file", "bs=1M", "count=25"), StringComparison.Ordinal);
        await _host.ExecAsync(lease, "web", "rm", "/file");
        Assert.Contains("No space left", await _host.ExecAsync(lease, "web", "dd", "if=/dev/zero", "of=/uploads/filler", "bs=1M", "count=100"), StringComparison.Ordinal);
        Assert.Contains("No space left", await _host.ExecAsync(lease, "web", "dd", "if=/dev/zero", "of=/bin/filler", "bs=1M", "count=100"), StringComparison.Ordinal);
        Assert.InRange(await MebibytesAsync(lease, "/uploads", "/bin"), 30, 48);

        await _host.KillContainersAsync();
        await Eventually.BecomesTrueAsync("it runs again", async () => await _host.InspectAsync(lease, "web") is { State: { Running: true } state } && state.StartedAt != first.State.StartedAt);
        Assert.InRange(await MebibytesAsync(lease, "/uploads/kept"), 24, 26);

        // An update is another container, and begins with what the image has.
        await _host.SendManifestAsync(lease, Service("second"));
        await _host.WaitForAsync(lease, "the update runs", view => view.Lease is { Stage: LeaseStage.Active, Generation: 2 } && view.Ready("web") == 1);
        Assert.Equal("", await _host.ExecAsync(lease, "web", "ls", "/uploads"));
        var second = await _host.InspectAsync(lease, "web");

        _host.Market.Close(lease);
        await Eventually.BecomesTrueAsync("everything is gone", async () => !_host.Leases.ContainsKey(lease) && await _host.CountOnEngineAsync() == 0);
        await Eventually.BecomesTrueAsync("files, mounts and devices too", () => _folders.Files().Count + _folders.Mounts().Count + _folders.Devices().Count == 0);
        var left = (await _host.Engine.Volumes.ListAsync(CancellationToken.None)).Volumes.Select(volume => volume.Name).ToHashSet(StringComparer.Ordinal);
        Assert.DoesNotContain(first.Mounts.Concat(second.Mounts), mount => left.Contains(mount.Name));
    }

    [NeedsRootFact(MachineNeeds.DockerSocket, "mkfs.ext4", "losetup")]
    public async Task Declared_WhereNothingMayBeMounted_IsRefusedInWords()
    {
        _image = await LocalImage.PushAsync("test/declares-proc", config => config["Volumes"] = new JsonObject { ["/tmp/../proc/sys"] = new JsonObject() });
        await _host.StartAsync();
        var lease = _host.Market.Win(1);
        await _host.SendManifestAsync(lease, Service("first"));

        var view = await _host.WaitForAsync(lease, "the problem is shown", view => view.Problems.ContainsKey("web"));

        Assert.Contains("declares a volume at '/proc/sys'", view.Problems["web"], StringComparison.Ordinal);
        Assert.Empty(view.Actual.Containers);
        Assert.Empty(_folders.Files());
    }

    private async Task<long> MebibytesAsync(LeaseId lease, params string[] paths)
    {
        var lines = (await _host.ExecAsync(lease, "web", ["du", "-m", "-s", .. paths])).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return lines.Sum(line => long.Parse(line.Split('\t')[0], System.Globalization.CultureInfo.InvariantCulture));
    }

    private ManifestService Service(string word) => Build.Service() with
    {
        Image = _image,
        Env = [$"WORD={word}"],
        Args = ["sleep", "100000"],
        Resources = Build.Service().Resources with { Storage = [new StorageVolume("default", new(48 * ByteSize.MiB), [])] },
    };
}
