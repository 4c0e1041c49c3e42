namespace ProviderAgent.Workloads.Tests.Disks;

public sealed class MountTableTests
{
    [Fact]
    public void Parse_ReadsDeviceRootPointTypeAndOptions()
    {
        var mount = Assert.Single(MountTable.Parse(["56 42 7:1 /layer /var/lib/docker/overlay2/x rw,nodev,relatime shared:8 master:1 - ext4 /dev/loop1 rw,discard"]));

        Assert.Equal(new MountEntry("7:1", "/layer", "/var/lib/docker/overlay2/x", "ext4", "rw,discard"), mount);
    }

    [Fact]
    public void Parse_WritesOctalEscapesOut() =>
        Assert.Equal("/a folder/ü\\b", Assert.Single(MountTable.Parse([@"56 42 7:1 / /a\040folder/ü\134b rw - ext4 /dev/loop1 rw"])).Point);

    [Theory]
    [InlineData("")]
    [InlineData("56 42 7:1 / /x rw")]
    [InlineData("56 42 7:1 / /x rw - ext4")]
    [InlineData("- - - -")]
    public void Parse_LeavesOutWhatIsMalformed(string line) => Assert.Empty(MountTable.Parse([line]));

    [Fact]
    public void Of_IsTheDeepestMountAbove_AndOfEqualOnesTheLatest()
    {
        var mounts = MountTable.Parse(["1 0 8:1 / / rw - ext4 a rw", "2 1 8:2 / /var/lib rw - ext4 b rw", "3 1 8:3 / /var/lib rw - xfs c rw", "4 1 8:4 / /var/library rw - ext4 d rw"]);

        Assert.Equal("8:3", MountTable.Of("/var/lib/docker", mounts)?.Device);
        Assert.Equal("8:1", MountTable.Of("/home", mounts)?.Device);
    }
}
