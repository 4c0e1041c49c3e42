using Microsoft.Extensions.Logging.Abstractions;
using ProviderAgent.Docker;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Workloads.Tests.Images;

/// <summary>Pulls that nobody waits for, beside those that a tenant does. The engine's part is played by the test.</summary>
public sealed class ImageAheadTests : IDisposable
{
    private const string Kept = "registry.example.com/kept:1";
    private const string Tenants = "registry.example.com/tenants:1";
    private const string Others = "registry.example.com/others:1";

    private readonly ManualTimeProvider _time = new();
    private readonly ScriptedImages _images = new();
    private readonly RoomyDisk _disk = new();
    private readonly SettableOptions<WorkloadOptions> _options = new(new());
    private readonly MeterProbe _meters = new();
    private readonly ImageLane _lane;
    private readonly ImageWarmer _warmer;

    public ImageAheadTests()
    {
        var engine = new ImagesOnly(_images);
        _options.CurrentValue.Images.Keep = [Kept];
        _lane = new(engine, _disk, _options, _time, NullLogger<ImageLane>.Instance);
        _warmer = new(engine, _lane, new(_meters), _options, _time, NullLogger<ImageWarmer>.Instance);
    }

    public void Dispose()
    {
        _lane.Dispose();
        _warmer.Dispose();
    }

    [Fact]
    public async Task Turn_NotHere_IsPulledOnceAndKept()
    {
        _images.Has(Kept, "sha256:1");

        await TurnAsync(pulls: 1);
        await _warmer.TurnAsync(default);

        Assert.Equal([Kept], _images.Pulled);
        Assert.Equal(["id-sha256:1"], _warmer.Kept());
        Assert.Equal(1, _meters.Gauge("provider_images_kept"));
        Assert.Equal(1, _meters.Sum("provider_images_ahead_total", "result=pulled"));
    }

    [Fact]
    public async Task Turn_ADayLater_FollowsTheName()
    {
        _images.Has(Kept, "sha256:1");
        await TurnAsync(pulls: 1);
        _images.Has(Kept, "sha256:2");

        _time.Advance(TimeSpan.FromHours(23));
        await _warmer.TurnAsync(default);
        Assert.Equal(["id-sha256:1"], _warmer.Kept());

        _time.Advance(TimeSpan.FromHours(1));
        await TurnAsync(pulls: 1);
        Assert.Equal(["id-sha256:2"], _warmer.Kept());

        _time.Advance(TimeSpan.FromDays(1));
        await _warmer.TurnAsync(default);
        Assert.Equal(2, _images.Pulled.Count); // the same still
        Assert.Equal(1, _meters.Sum("provider_images_ahead_total", "result=current"));
    }

    [Fact]
    public async Task Turn_NoLongerWanted_IsNotKept()
    {
        _images.Has(Kept, "sha256:1");
        await TurnAsync(pulls: 1);

        _options.CurrentValue.Images.Keep = [];
        Assert.Empty(_warmer.Kept());
    }

    [Fact]
    public async Task Turn_RegistryIsAwayButItIsHere_IsKeptAllTheSame()
    {
        _images.Has(Kept, "sha256:1");
        await TurnAsync(pulls: 1);
        _images.Forget(Kept);
        using var restarted = new ImageWarmer(new ImagesOnly(_images), _lane, new(new MeterProbe()), _options, _time, NullLogger<ImageWarmer>.Instance);

        await restarted.TurnAsync(default);

        Assert.Equal(["id-sha256:1"], restarted.Kept());
    }

    [Fact]
    public async Task Turn_CannotBeHad_IsTriedAgainAnHourLater()
    {
        await _warmer.TurnAsync(default);
        await _warmer.TurnAsync(default);
        Assert.Equal(1, _meters.Sum("provider_images_ahead_total", "result=fail"));

        _time.Advance(TimeSpan.FromHours(1));
        _images.Has(Kept, "sha256:1");
        await TurnAsync(pulls: 1);
        Assert.NotEmpty(_warmer.Kept());
    }

    [Fact]
    public async Task Turn_PolicyRefusesIt_NothingIsAskedOfAnyRegistry()
    {
        _images.Has(Kept, "sha256:1");
        _options.CurrentValue.Images.Deny = ["registry.example.com"];

        await _warmer.TurnAsync(default);

        Assert.Equal(0, _images.Asked);
        Assert.Equal(1, _meters.Sum("provider_images_ahead_total", "result=fail"));
    }

    [Fact]
    public async Task Turn_LittleRoom_IsEnoughForATenantOnly()
    {
        _images.Has(Kept, "sha256:1");
        _images.Has(Tenants, "sha256:2");
        _disk.Free = _options.CurrentValue.Images.CollectBelow.Bytes - 1;

        await _warmer.TurnAsync(default);
        Assert.Empty(_images.Pulled);

        var tenant = _lane.GetAsync(Tenants, "sha256:2", null, default);
        (await _images.NextPullAsync()).SetResult();
        Assert.Equal("id-sha256:2", (await tenant).Id);
    }

    [Fact]
    public async Task Ahead_TenantsPullIsUnderWay_WaitsForItsEnd()
    {
        _images.Has(Kept, "sha256:1");
        _images.Has(Tenants, "sha256:2");
        var tenant = _lane.GetAsync(Tenants, "sha256:2", null, default);
        var tenants = await _images.NextPullAsync();

        var turn = _warmer.TurnAsync(default);
        Assert.Equal([Tenants], _images.Pulled);

        tenants.SetResult();
        await tenant;
        (await _images.NextPullAsync()).SetResult();
        await turn;
        Assert.Equal([Tenants, Kept], _images.Pulled);
    }

    [Fact]
    public async Task Ahead_TenantComes_MakesRoomAndBeginsAnewLater()
    {
        _options.CurrentValue.ParallelPulls = 1;
        _images.Has(Kept, "sha256:1");
        _images.Has(Tenants, "sha256:2");
        var turn = _warmer.TurnAsync(default);
        var ahead = await _images.NextPullAsync();

        var tenant = _lane.GetAsync(Tenants, "sha256:2", null, default);
        await ahead.Cut;
        await turn;
        Assert.Equal(1, _meters.Sum("provider_images_ahead_total", "result=given_up"));
        (await _images.NextPullAsync()).SetResult();
        await tenant;

        await TurnAsync(pulls: 1);
        Assert.Equal([Kept, Tenants, Kept], _images.Pulled);
        Assert.NotEmpty(_warmer.Kept());
    }

    [Fact]
    public async Task Ahead_TenantWantsTheSame_JoinsItAndIsNotInterruptedByTheNext()
    {
        _images.Has(Kept, "sha256:1");
        _images.Has(Others, "sha256:3");
        var turn = _warmer.TurnAsync(default);
        var ahead = await _images.NextPullAsync();

        var tenant = _lane.GetAsync(Kept, "sha256:1", null, default);
        var other = _lane.GetAsync(Others, "sha256:3", null, default);
        var others = await _images.NextPullAsync();
        Assert.False(ahead.Cut.IsCompleted);
        ahead.SetResult();
        others.SetResult();

        Assert.Equal("id-sha256:1", (await tenant).Id);
        await other;
        await turn;
        Assert.Equal([Kept, Others], _images.Pulled);
    }

    [Fact]
    public async Task Ahead_GivenUpAndWantedInTheSameMoment_TheTenantGetsIt()
    {
        _images.Has(Kept, "sha256:1");
        _images.Has(Others, "sha256:3");
        _images.HoldsCuts = true;
        var turn = _warmer.TurnAsync(default);
        var ahead = await _images.NextPullAsync();
        var other = _lane.GetAsync(Others, "sha256:3", null, default);
        await ahead.Cut;

        // The engine has not let go of the cancelled pull yet when a tenant asks for that very image.
        var tenant = _lane.GetAsync(Kept, "sha256:1", null, default);
        ahead.LetGo();
        (await _images.NextPullAsync()).SetResult();
        (await _images.NextPullAsync()).SetResult();

        Assert.Equal("id-sha256:1", (await tenant).Id);
        await other;
        await turn;
    }

    private async Task TurnAsync(int pulls)
    {
        var turn = _warmer.TurnAsync(default);
        for (var pull = 0; pull < pulls; pull++) (await _images.NextPullAsync()).SetResult();
        await turn;
    }

    private sealed class RoomyDisk : IDataDisk
    {
        public long Free { get; set; } = 100 * ByteSize.GiB;

        public long? FreeBytes() => Free;
    }

    private sealed class ImagesOnly(IImageOperations images) : IDockerClient
    {
        public DockerClientConfiguration Configuration => throw new NotSupportedException();

        public IContainerOperations Containers => throw new NotSupportedException();

        public IImageOperations Images => images;

        public INetworkOperations Networks => throw new NotSupportedException();

        public IVolumeOperations Volumes => throw new NotSupportedException();

        public IExecOperations Exec => throw new NotSupportedException();

        public ISystemOperations System => throw new NotSupportedException();

        public void Dispose()
        {
        }
    }
}
