using ProviderAgent.Manifests;
using ProviderAgent.Marketplace;
using ProviderAgent.Workloads.Tests.Support;

namespace ProviderAgent.Workloads.Tests.Images;

/// <summary>Images through a real engine that has none at first.</summary>
public sealed class ImagesOnEngineTests : IAsyncLifetime
{
    private readonly WorkloadHost _host = new() { Guard = new OpenGuard() };
    private readonly SettableDisk _disk = new();
    private SpareEngine? _engine;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await _host.DisposeAsync();
        if (_engine is not null) await _engine.DisposeAsync();
    }

    [NeedsRootFact("dockerd")]
    public async Task TwoLeasesOfOneImage_ItIsPulledOnce_AndKeptAsLongAsAnybodyUsesIt()
    {
        await StartAsync(options => (options.Images.KeepUnused, options.Images.MinFree) = (TimeSpan.Zero, default));
        var (first, second) = (_host.Market.Win(1), _host.Market.Win(2));
        await _host.SendManifestAsync(first, Sleeper());
        await _host.SendManifestAsync(second, Sleeper());
        await Task.WhenAll(_host.WaitUntilActiveAsync(first), _host.WaitUntilActiveAsync(second));

        var image = Assert.Single(await _host.Engine.Images.ListImagesAsync(new(), CancellationToken.None));
        Assert.Contains($"{ImageLane.Mark}:{ImageLane.MarkTag(image.ID)}", image.RepoTags);
        var labels = (await _host.InspectAsync(first, "web")).Config.Labels!;
        Assert.Equal(WorkloadHost.Image, labels[WorkloadNames.ImageLabel]);
        Assert.Contains(image.RepoDigests, known => known.EndsWith("@" + labels[WorkloadNames.DigestLabel], StringComparison.Ordinal));
        Assert.Equal(1, _host.Logged("Pulled"));

        var collector = _host.Get<ImageCollector>();
        Assert.Equal(0, await collector.CollectAsync(CancellationToken.None));
        _host.Market.Close(first);
        _host.Market.Close(second);
        await Eventually.BecomesTrueAsync("both are gone", async () => await _host.CountOnEngineAsync() == 0 && _host.Get<LeaseBook>().Open.Count == 0);
        Assert.Equal(1, await collector.CollectAsync(CancellationToken.None));
        Assert.Empty(await _host.Engine.Images.ListImagesAsync(new(), CancellationToken.None));
    }

    [NeedsRootFact("dockerd")]
    public async Task ImageOfTheOperator_IsNeverRemoved_AndADiskThatFillsCostsOnlyWhatNobodyUses()
    {
        await StartAsync(options => (options.Images.MinFree, options.Images.CollectBelow) = (default, new(ByteSize.GiB)));
        await _host.Engine.Images.CreateImageAsync(new() { FromImage = WorkloadHost.Image }, null, new Docker.DirectProgress<Docker.Models.JSONMessage>(_ => { }), CancellationToken.None);
        var lease = _host.Market.Win(1);
        await _host.SendManifestAsync(lease, Sleeper());
        await _host.WaitUntilActiveAsync(lease);
        _host.Market.Close(lease);
        await Eventually.BecomesTrueAsync("it is gone", async () => await _host.CountOnEngineAsync() == 0);

        _disk.Free = 0;
        Assert.Equal(0, await _host.Get<ImageCollector>().CollectAsync(CancellationToken.None));
        Assert.Single(await _host.Engine.Images.ListImagesAsync(new(), CancellationToken.None));
    }

    [Trait(FaultRow.Trait, FaultRow.Registry)]
    [NeedsRootFact("dockerd")]
    public async Task ImageThatTheOperatorKeeps_IsHereBeforeAnybodyAsks_AndGoesOnlyWithTheAlarm()
    {
        await StartAsync(options =>
        {
            (options.Images.Keep, options.Images.KeepUnused, options.Images.MinFree, options.Images.CollectBelow) = ([WorkloadHost.Image], TimeSpan.Zero, default, new(10 * ByteSize.GiB));
            (options.Volumes.StopSellingBelow, options.Volumes.CollectBelow, options.Volumes.AlarmBelow) = (new(ByteSize.GiB), new(ByteSize.GiB), new(ByteSize.GiB));
        });

        await Eventually.BecomesTrueAsync("the image is here", () => _host.Logged("ImageAhead") == 1);
        var image = Assert.Single(await _host.Engine.Images.ListImagesAsync(new(), CancellationToken.None));
        Assert.Contains($"{ImageLane.Mark}:{ImageLane.MarkTag(image.ID)}", image.RepoTags);
        var collector = _host.Get<ImageCollector>();
        Assert.Equal(0, await collector.CollectAsync(CancellationToken.None)); // nobody has used it, for longer than others may stay
        _disk.Free = 5 * ByteSize.GiB;
        Assert.Equal(0, await collector.CollectAsync(CancellationToken.None)); // the disk is filling

        var lease = _host.Market.Win(1);
        await _host.SendManifestAsync(lease, Sleeper());
        await _host.WaitUntilActiveAsync(lease);
        Assert.Equal(1, _host.Logged("Pulled")); // the tenant did not wait for one
        _host.Market.Close(lease);
        await Eventually.BecomesTrueAsync("it is gone", async () => await _host.CountOnEngineAsync() == 0 && _host.Get<LeaseBook>().Open.Count == 0);
        Assert.Equal(0, await collector.CollectAsync(CancellationToken.None));

        _disk.Free = ByteSize.MiB;
        Assert.Equal(1, await collector.CollectAsync(CancellationToken.None));
        Assert.Empty(await _host.Engine.Images.ListImagesAsync(new(), CancellationToken.None));
    }

    [NeedsRootFact("dockerd")]
    public async Task NoDiskLeft_NothingIsPulled_UntilThereIs()
    {
        await StartAsync(options => options.Images.MinFree = new(ByteSize.GiB));
        _disk.Free = ByteSize.MiB;
        var lease = _host.Market.Win(1);
        await _host.SendManifestAsync(lease, Sleeper());

        var view = await _host.WaitForAsync(lease, "the problem is shown", view => view.Problems.ContainsKey("web"));
        Assert.Contains("short of disk space", view.Problems["web"], StringComparison.Ordinal);
        Assert.Empty(await _host.Engine.Images.ListImagesAsync(new(), CancellationToken.None));
    }

    [Trait(FaultRow.Trait, FaultRow.Registry)]
    [NeedsRootFact("dockerd")]
    public async Task FewBytesUnpackToMany_ThePullEndsBeforeTheDiskIsFull()
    {
        await BombImage.PushAsync();
        await StartAsync(options => options.Images.MinFree = new(ByteSize.GiB));
        _disk.LeftAfterFirstLook = ByteSize.MiB;
        var lease = _host.Market.Win(1);
        await _host.SendManifestAsync(lease, Sleeper() with { Image = BombImage.Name });

        var view = await _host.WaitForAsync(lease, "the problem is shown", view => view.Problems.ContainsKey("web"));
        Assert.Contains("short of disk space", view.Problems["web"], StringComparison.Ordinal);
        Assert.Equal(0, _host.Logged("Pulled"));
        Assert.Empty(await _host.Engine.Images.ListImagesAsync(new(), CancellationToken.None));
    }

    [Trait(FaultRow.Trait, FaultRow.Registry)]
    [NeedsRootFact("dockerd")]
    public async Task ImageIsTooLarge_OrOfARegistryThatIsNotAllowed_IsRefusedInWords()
    {
        await StartAsync(options => (options.Images.MaxSize, options.Images.Deny) = (new(ByteSize.MiB), ["127.0.0.1:5000/denied"]));
        var (large, denied) = (_host.Market.Win(1), _host.Market.Win(2));
        await _host.SendManifestAsync(large, Sleeper());
        await _host.SendManifestAsync(denied, Sleeper() with { Image = "127.0.0.1:5000/denied/app:1" });

        var view = await _host.WaitForAsync(large, "the size is told", view => view.Problems.ContainsKey("web"));
        Assert.Contains("it is larger than the 1", view.Problems["web"], StringComparison.Ordinal);
        view = await _host.WaitForAsync(denied, "the list is told", view => view.Problems.ContainsKey("web"));
        Assert.Contains("does not run images of 127.0.0.1:5000/denied", view.Problems["web"], StringComparison.Ordinal);
    }

    private async Task StartAsync(Action<WorkloadOptions> configure)
    {
        _engine = await SpareEngine.StartAsync(gpus: null);
        (_host.EngineEndpoint, _host.Disk) = (_engine.Endpoint, _disk);
        _host.Configure = options =>
        {
            options.Network.Subnets = "10.219.0.0/16";
            configure(options);
        };
        await _host.StartAsync();
    }

    private static ManifestService Sleeper() => Build.Service() with { Image = WorkloadHost.Image, Args = ["sleep", "100000"] };

    private sealed class SettableDisk : IDataDisk
    {
        public long Free { get; set; } = 100 * ByteSize.GiB;

        /// <summary>As if it filled up once something is written to it.</summary>
        public long? LeftAfterFirstLook { get; set; }

        public long? FreeBytes()
        {
            var free = Free;
            Free = LeftAfterFirstLook ?? Free;
            return free;
        }
    }
}
