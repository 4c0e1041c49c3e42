using ProviderAgent.Marketplace;

namespace ProviderAgent.Workloads.Tests.Disks;

public sealed class DiskOrphansTests
{
    private static readonly string Volume = WorkloadNames.Volume(Support.Build.Lease, "web", "data", 0);

    [Fact]
    public void Layers_OnlyThoseThatNoContainerHasAndNobodyPrepares() =>
        Assert.Equal(["cccccccccccccccc"], DiskOrphans.Layers(
            [Layer("aaaaaaaaaaaaaaaa"), Layer("bbbbbbbbbbbbbbbb"), Layer("cccccccccccccccc"), new(HostDiskKind.Volume, Volume, 1)],
            preparing: ["bbbbbbbbbbbbbbbb"],
            used: new HashSet<string> { "aaaaaaaaaaaaaaaa" }));

    [Theory]
    [InlineData(true, false, 0)]
    [InlineData(false, true, 0)]
    [InlineData(false, false, 1)]
    public void Volumes_OnlyWithoutEngineAndWithoutLease(bool known, bool leased, int orphans)
    {
        var names = known ? new HashSet<string> { Volume } : [];
        var leases = leased ? new HashSet<string> { WorkloadNames.ShortHash(Support.Build.Lease) } : [];

        Assert.Equal(orphans, DiskOrphans.Volumes([new(HostDiskKind.Volume, Volume, 1)], names, leases).Count());
    }

    [Fact]
    public void Expired_OldestFirst_AndNotBeforeTheirTime()
    {
        var now = new DateTimeOffset(2026, 1, 2, 0, 0, 0, TimeSpan.Zero);
        HostDisk Kept(string name, double hours) => new(HostDiskKind.Kept, name, 1) { KeptSince = now - TimeSpan.FromHours(hours) };

        Assert.Equal(["old", "older-than-a-day"], DiskOrphans.Expired([Kept("older-than-a-day", 24), Kept("young", 23.9), Kept("old", 30), new(HostDiskKind.Volume, Volume, 1)], TimeSpan.FromDays(1), now));
    }

    [Theory]
    [InlineData(10, 0)]
    [InlineData(4, 1)]
    [InlineData(2, 2)]
    [InlineData(1, 3)]
    [InlineData(null, 0)]
    public void Level_FollowsTheMarks(int? freeGib, int expected) => Assert.Equal(
        (DiskLevel)expected,
        DiskLevels.Of(
            freeGib * ByteSize.GiB,
            new() { StopSellingBelow = new(5 * ByteSize.GiB), CollectBelow = new(3 * ByteSize.GiB), AlarmBelow = new(2 * ByteSize.GiB) }));

    private static HostDisk Layer(string key) => new(HostDiskKind.Layer, key, 1);
}
