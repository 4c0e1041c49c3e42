using ProviderAgent.Inventory;
using ProviderAgent.Manifests;
using ProviderAgent.Marketplace;
using ProviderAgent.Workloads.Tests.Support;

namespace ProviderAgent.Workloads.Tests.Gpus;

public sealed class GpuAssignmentTests
{
    [Fact]
    public void Of_EachReplicaGetsItsOwnDevices()
    {
        var group = Group(Service("web", unit: 1, count: 2, gpus: 2), Service("db", unit: 2, count: 1, gpus: 0));

        var given = GpuAssignment.Of(group, [new(1, 0, "GPU-0000000b"), new(1, 1, "GPU-0000000c"), new(1, 0, "GPU-0000000a"), new(1, 1, "GPU-0000000d")]);

        Assert.Equal(["GPU-0000000a", "GPU-0000000b"], given[("web", 0)]);
        Assert.Equal(["GPU-0000000c", "GPU-0000000d"], given[("web", 1)]);
        Assert.Equal(2, given.Count);
    }

    [Fact]
    public void Of_ServicesShareAUnit_TheirReplicasFollowEachOtherByName()
    {
        var group = Group(Service("b", unit: 1, count: 1, gpus: 1), Service("a", unit: 1, count: 2, gpus: 1));

        var given = GpuAssignment.Of(group, [new(1, 0, "GPU-00000000"), new(1, 1, "GPU-00000001"), new(1, 2, "GPU-00000002")]);

        Assert.Equal(["GPU-00000000", "GPU-00000001", "GPU-00000002"], new[] { given[("a", 0)], given[("a", 1)], given[("b", 0)] }.SelectMany(uuids => uuids));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    public void Of_NotExactlyWhatWasLeased_NothingIsGiven(int known)
    {
        var picks = Enumerable.Range(0, known).Select(number => new GpuPick(1, 0, $"GPU-0000000{number}")).ToValueList();

        var error = Assert.Throws<UnsupportedManifestException>(() => GpuAssignment.Of(Group(Service("web", unit: 1, count: 1, gpus: 2)), picks));

        Assert.Contains($"and {known} are set aside for replica 0", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("all")]
    [InlineData("GPU-1,GPU-2")]
    [InlineData("pci-0000:01:00.0")]
    [InlineData("GPU-1 GPU-22")]
    public void Of_WhatIsNoUuid_IsNeverGiven(string odd) =>
        Assert.Throws<UnsupportedManifestException>(() => GpuAssignment.Of(Group(Service("web", unit: 1, count: 1, gpus: 1)), [new(1, 0, odd)]));

    private static ManifestGroup Group(params ManifestService[] services) => new("west", [.. services]);

    private static ManifestService Service(string name, uint unit, uint count, long gpus) =>
        Build.Service(name) with { Count = count, Resources = Build.Service().Resources with { Id = unit, Gpu = new GpuRequest(gpus, []) } };
}
