using ProviderAgent.Docker.Models;

namespace ProviderAgent.Workloads.Tests.Disks;

/// <summary>Which promise a host can keep, from what its engine says. The kernel of a test machine has no quotas, so the engine's answers are scripted.</summary>
public sealed class DiskChoiceTests
{
    private const string Quota = "36 25 8:3 / /var/lib/docker rw,relatime shared:1 - xfs /dev/sda3 rw,attr2,inode64,prjquota";
    private const string NoQuota = "36 25 8:3 / /var/lib/docker rw,relatime shared:1 - xfs /dev/sda3 rw,attr2,inode64,noquota";

    [Fact]
    public void Xfs_WithProjectQuota_LetsTheEngineLimitBoth()
    {
        var choice = DiskChoice.Of(DiskBackend.Auto, Ability("overlay2", "xfs", Quota), loopProblem: "not root");

        Assert.Equal((DiskKeeper.Engine, null), (choice.Layers.Keeper, choice.Layers.Problem));
        Assert.Equal((DiskKeeper.Engine, null), (choice.Volumes.Keeper, choice.Volumes.Problem));
    }

    [Theory]
    [InlineData("xfs", NoQuota, "pquota")]
    [InlineData("extfs", "36 25 8:3 / /var/lib/docker rw - ext4 /dev/sda3 rw", "project quotas need XFS")]
    public void WithoutQuota_FilesAreUsed_AndTheFindingSaysWhyNot(string backing, string mount, string why)
    {
        var choice = DiskChoice.Of(DiskBackend.Auto, Ability("overlay2", backing, mount), loopProblem: null);

        Assert.Equal((DiskKeeper.Loop, null), (choice.Layers.Keeper, choice.Layers.Problem));
        Assert.Equal((DiskKeeper.Loop, null), (choice.Volumes.Keeper, choice.Volumes.Problem));
        Assert.Contains(why, choice.Findings.Single(finding => finding.Backend == DiskBackend.Quota).LayerProblem, StringComparison.Ordinal);
    }

    [Fact]
    public void QuotaOfAnotherMount_DoesNotCount()
    {
        var ability = EngineDiskAbility.Of(Info("overlay2", "xfs"), MountTable.Parse([NoQuota, "37 25 8:4 / /var/lib/docker2 rw - xfs /dev/sda4 rw,prjquota"]));

        Assert.NotNull(ability.QuotaProblem);
    }

    [Theory]
    [InlineData("btrfs")]
    [InlineData("zfs")]
    public void NativeDrivers_LimitLayers_AndVolumesAreFiles(string driver)
    {
        var choice = DiskChoice.Of(DiskBackend.Auto, Ability(driver, "btrfs", NoQuota), loopProblem: null);

        Assert.Equal(DiskKeeper.Engine, choice.Layers.Keeper);
        Assert.Equal(DiskKeeper.Loop, choice.Volumes.Keeper);
    }

    [Fact]
    public void NothingPossible_IsAProblemOfBoth_WithTheWayOut()
    {
        var choice = DiskChoice.Of(DiskBackend.Auto, Ability("overlay2", "extfs", NoQuota), loopProblem: "only root can");

        Assert.Contains("only root can", choice.Layers.Problem, StringComparison.Ordinal);
        Assert.Contains("workloads.volumes.backend to none", choice.Layers.Problem, StringComparison.Ordinal);
        Assert.NotNull(choice.Volumes.Problem);
    }

    [Theory]
    [InlineData(DiskBackend.Quota, "project quotas need XFS")]
    [InlineData(DiskBackend.Btrfs, "not btrfs or zfs")]
    public void AskedForWhatIsNotThere_NothingElseIsTaken(DiskBackend wanted, string why) =>
        Assert.Contains(why, DiskChoice.Of(wanted, Ability("overlay2", "extfs", NoQuota), loopProblem: null).Layers.Problem, StringComparison.Ordinal);

    [Fact]
    public void None_IsAcceptedAsItIs()
    {
        var choice = DiskChoice.Of(DiskBackend.None, Ability("overlay2", "xfs", Quota), loopProblem: null);

        Assert.Equal((DiskKeeper.Nobody, null), (choice.Layers.Keeper, choice.Layers.Problem));
        Assert.Equal((DiskKeeper.Nobody, null), (choice.Volumes.Keeper, choice.Volumes.Problem));
    }

    [Fact]
    public void Loop_NeedsOverlay2ForLayers() =>
        Assert.Contains("overlay2", DiskChoice.Of(DiskBackend.Loop, Ability("vfs", "extfs", NoQuota), loopProblem: null).Layers.Problem, StringComparison.Ordinal);

    private static EngineDiskAbility Ability(string driver, string backing, string mount) => EngineDiskAbility.Of(Info(driver, backing), MountTable.Parse([mount]));

    private static SystemInfoResponse Info(string driver, string backing) =>
        new() { ID = "x", Driver = driver, DockerRootDir = "/var/lib/docker", DriverStatus = [["Backing Filesystem", backing], ["Supports d_type", "true"]], MemoryLimit = true, SwapLimit = true, CPUCfsQuota = true, PidsLimit = true };
}
