using ProviderAgent.Marketplace;
using ProviderAgent.Workloads.Tests.Support;

namespace ProviderAgent.Workloads.Tests.Disks;

/// <summary>Folders that the engine would put beside the layer, where no limit reaches them.</summary>
public sealed class ScratchPathsTests
{
    [Fact]
    public void DeclaredVolumes_AreLimitedToo_UnlessSomethingOfOursIsThere()
    {
        var spec = Build.Spec() with
        {
            ScratchMounts = ["/cache"],
            MemoryMounts = [new("/dev/shm", new(1), false)],
            Volumes = [new("data", "pa-x", "/var/lib/db", "beta2", new(1), false)],
        };

        Assert.Equal(["/cache", "/logs"], ScratchPaths.Of(spec, ["/var//lib/db/", "/logs", "/cache/.", "/tmp/../logs"]));
    }

    [Theory]
    [InlineData("/proc")]
    [InlineData("/")]
    [InlineData("")]
    [InlineData("/sys/fs")]
    [InlineData("/a/../..")]
    public void DeclaredVolume_ThatCannotBeOne_IsRefusedByName(string path) =>
        Assert.Contains("declares a volume", Assert.Throws<UnsupportedManifestException>(() => ScratchPaths.Of(Build.Spec(), [path])).Message, StringComparison.Ordinal);

    [Fact]
    public void TooMany_AreRefused() =>
        Assert.Throws<UnsupportedManifestException>(() => ScratchPaths.Of(Build.Spec(), Enumerable.Range(0, DiskNames.MaxScratch + 1).Select(number => FormattableString.Invariant($"/v{number}"))));

    [Theory]
    [InlineData("0123456789abcdef/1048576/layer", true)]
    [InlineData("0123456789abcdef/1048576/scratch", true)]
    [InlineData("0123456789abcdef/1048576/other", false)]
    [InlineData("../../../../x/1048576/layer", false)]
    [InlineData("0123456789abcdef/-1/layer", false)]
    [InlineData("0123456789abcdef", false)]
    public void Label_OfSomebodyElse_IsNoLayer(string text, bool good) =>
        Assert.Equal(good, LayerLabels.Read(new Dictionary<string, string> { [WorkloadNames.LayerLabel] = text }) is not null);

    [Fact]
    public void Label_IsReadBack()
    {
        var labels = new Dictionary<string, string>();
        LayerLabels.Write(new() { Key = "0123456789abcdef", Size = new(ByteSize.GiB), CoversLayer = true }, labels);

        Assert.Equal(new LayerLabels("0123456789abcdef", ByteSize.GiB, true), LayerLabels.Read(labels));
    }
}
