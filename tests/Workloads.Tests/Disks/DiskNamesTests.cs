namespace ProviderAgent.Workloads.Tests.Disks;

/// <summary>What may become part of a path in a process that is root.</summary>
public sealed class DiskNamesTests
{
    [Theory]
    [InlineData("pa-01234567-web-89abcdef-0", true)]
    [InlineData("pa-01234567-my-long-service-89abcdef-12", true)]
    [InlineData("", false)]
    [InlineData(null, false)]
    [InlineData("pa-01234567-web-89abcdef-0\n", false)]
    [InlineData("pa-01234567-web-89abcdef-0\0", false)]
    [InlineData("pa-01234567-../../etc-89abcdef-0", false)]
    [InlineData("pa-01234567-web/x-89abcdef-0", false)]
    [InlineData("../pa-01234567-web-89abcdef-0", false)]
    [InlineData("pa-01234567-Web-89abcdef-0", false)]
    [InlineData("pa-0123456-web-89abcdef-0", false)]
    [InlineData("pa-01234567-web-89abcdef-00000", false)]
    [InlineData("pa-01234567--89abcdef-0", false)]
    [InlineData("pa-01234567-web-89abcdef-0.img", false)]
    public void IsVolume_TakesOurOwnNamesOnly(string? name, bool expected) => Assert.Equal(expected, DiskNames.IsVolume(name));

    [Fact]
    public void IsVolume_OfEveryNameThatWeMake() => Assert.True(DiskNames.IsVolume(WorkloadNames.Volume(Support.Build.Lease, "some-service", "Any Name / at all", 49)));

    [Theory]
    [InlineData("0123456789abcdef", true)]
    [InlineData("0123456789ABCDEF", false)]
    [InlineData("0123456789abcde", false)]
    [InlineData("0123456789abcdef\n", false)]
    [InlineData("../3456789abcdef", false)]
    public void IsLayer_And_IsSpace_Take16HexDigits(string name, bool expected)
    {
        Assert.Equal(expected, DiskNames.IsLayer(name));
        Assert.Equal(expected, DiskNames.IsSpace(name));
    }

    [Fact]
    public void NewLayer_IsALayer_AndNeverTheSame()
    {
        Assert.True(DiskNames.IsLayer(DiskNames.NewLayer()));
        Assert.NotEqual(DiskNames.NewLayer(), DiskNames.NewLayer());
    }

    [Theory]
    [InlineData("7bf20c7932a7ecac9cad5508bc22536b12cde31e03707a0811a988a79fc396b1", true)]
    [InlineData("l", false)]
    [InlineData("..", false)]
    [InlineData("7bf20c7932a7ecac9cad5508bc22536b12cde31e03707a0811a988a79fc396b1/diff", false)]
    [InlineData("7bf20c7932a7ecac9cad5508bc22536b12cde31e03707a0811a988a79fc396b1-init", false)]
    public void IsEngineLayer_TakesIdsOnly(string id, bool expected) => Assert.Equal(expected, DiskNames.IsEngineLayer(id));

    [Theory]
    [InlineData("pa-01234567-web-89abcdef-0.1700000000", true)]
    [InlineData("pa-01234567-web-89abcdef-0", false)]
    [InlineData("pa-01234567-web-89abcdef-0.", false)]
    [InlineData("pa-01234567-web-89abcdef-0.-5", false)]
    [InlineData("pa-01234567-web-89abcdef-0.99999999999999999999", false)]
    [InlineData("../x.1700000000", false)]
    public void TryReadKept_TakesOurOwnNamesOnly(string name, bool expected) => Assert.Equal(expected, DiskNames.TryReadKept(name, out _));

    [Fact]
    public void Kept_IsReadBack()
    {
        var at = DateTimeOffset.FromUnixTimeSeconds(1_700_000_000);

        Assert.True(DiskNames.TryReadKept(DiskNames.Kept("pa-01234567-web-89abcdef-0", at), out var since));
        Assert.Equal(at, since);
    }
}
