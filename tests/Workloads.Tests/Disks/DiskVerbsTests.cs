using ProviderAgent.Marketplace;
using ProviderAgent.Workloads.Tests.Support;

namespace ProviderAgent.Workloads.Tests.Disks;

/// <summary>A daemon that was taken over asks the helper for what it must not do.</summary>
public sealed class DiskVerbsTests : IDisposable
{
    private const string Space = "0123456789abcdef";
    private const string Volume = "pa-01234567-web-89abcdef-0";
    private const string Key = "fedcba9876543210";

    private readonly DiskFolders _folders = new();

    public static TheoryData<string, DiskArguments> Hostile => new()
    {
        { DiskVerbs.EnsureVolume, new("../../../etc") { Name = Volume, Bytes = ByteSize.GiB, Create = true } },
        { DiskVerbs.EnsureVolume, new("") { Name = Volume, Bytes = ByteSize.GiB, Create = true } },
        { DiskVerbs.EnsureVolume, new(Space) { Name = "../../../etc/passwd", Bytes = ByteSize.GiB, Create = true } },
        { DiskVerbs.EnsureVolume, new(Space) { Name = Volume + "\n", Bytes = ByteSize.GiB, Create = true } },
        { DiskVerbs.EnsureVolume, new(Space) { Name = "-F", Bytes = ByteSize.GiB, Create = true } },
        { DiskVerbs.EnsureVolume, new(Space) { Name = Volume, Bytes = 0, Create = true } },
        { DiskVerbs.EnsureVolume, new(Space) { Name = Volume, Bytes = -1, Create = true } },
        { DiskVerbs.EnsureVolume, new(Space) { Name = Volume, Bytes = long.MaxValue, Create = true } },
        { DiskVerbs.EnsureVolume, new(Space) { Name = Volume, Bytes = 32 * ByteSize.MiB, Owner = -1, Create = true } },
        { DiskVerbs.RemoveVolume, new(Space) { Name = "/dev/vda" } },
        { DiskVerbs.RemoveVolume, new("/") { Name = Volume } },
        { DiskVerbs.RemoveKept, new(Space) { Name = "../volumes/" + Volume } },
        { DiskVerbs.EnsureLayer, new(Space) { Name = "../../x", Bytes = ByteSize.GiB, Create = true } },
        { DiskVerbs.EnsureLayer, new(Space) { Name = Key, Bytes = 1, Create = true } },
        { DiskVerbs.EnsureLayer, new(Space) { Name = Key, Bytes = 32 * ByteSize.MiB, Scratch = 1_000_000, Create = true } },
        { DiskVerbs.EnsureLayer, new(Space) { Name = Key, Bytes = 32 * ByteSize.MiB, Scratch = -1, Create = true } },
        { DiskVerbs.CoverLayer, new(Space) { Name = Key, Layer = "../../../../etc" } },
        { DiskVerbs.CoverLayer, new(Space) { Name = "..", Layer = new string('a', 64) } },
        { DiskVerbs.IsLayerUsed, new(Space) { Name = Key, Pid = 1 } },
        { DiskVerbs.IsLayerUsed, new(Space) { Name = Key, Pid = -1 } },
        { DiskVerbs.RemoveLayer, new(Space) { Name = "../mounts" } },
        { DiskVerbs.List, new("..") },
    };

    public void Dispose() => _folders.Dispose();

    [Theory]
    [MemberData(nameof(Hostile))]
    public async Task HostileArguments_AreRefused_AndNothingIsTouched(string verb, DiskArguments arguments)
    {
        using var disks = new HostDisks(_folders.Path, () => _folders.Path, TimeProvider.System);

        await Assert.ThrowsAsync<HostHelperException>(() => Verb(disks, verb).RunAsync(new(verb) { Disk = arguments }, CancellationToken.None));

        Assert.Empty(_folders.Files());
        Assert.Empty(_folders.Mounts());
    }

    [Fact]
    public async Task WithoutItsSection_EveryVerbRefuses()
    {
        using var disks = new HostDisks(_folders.Path, () => _folders.Path, TimeProvider.System);

        foreach (var verb in DiskVerbs.All(disks)) await Assert.ThrowsAsync<HostHelperException>(() => verb.RunAsync(new(verb.Name), CancellationToken.None));
    }

    [Fact]
    public async Task NullsInTheSection_AreRefused()
    {
        using var disks = new HostDisks(_folders.Path, () => _folders.Path, TimeProvider.System);

        foreach (var verb in DiskVerbs.All(disks).Where(verb => verb.Name != DiskVerbs.Check))
            await Assert.ThrowsAsync<HostHelperException>(() => verb.RunAsync(new(verb.Name) { Disk = new(null!) { Name = null!, Layer = null! } }, CancellationToken.None));
    }

    private static IHostHelperVerb Verb(IHostDisks disks, string name) => DiskVerbs.All(disks).Single(verb => verb.Name == name);
}
