using ProviderAgent.Marketplace;

namespace ProviderAgent.Inventory.Tests.Reservations;

/// <summary>Disk space that is set aside for tenants beforehand, and disks that nobody is held to.</summary>
public sealed class StorageTermsTests : IDisposable
{
    private readonly BookFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public void SetAside_IsNotCountedASecondTime()
    {
        _fixture.Reserve(1, Groups.Small(disk: 40 * ByteSize.GiB));

        // Its disk has been made: 40 GiB of the 100 are gone from what is free.
        Measure(free: 60, new(new(40 * ByteSize.GiB), null, null, null));

        Assert.Equal((100 * ByteSize.GiB, 60 * ByteSize.GiB), Storage());
        Assert.IsType<ReserveOutcome.Reserved>(_fixture.Reserve(2, Groups.Small(disk: 60 * ByteSize.GiB)));
        Assert.IsType<ReserveOutcome.Refused>(_fixture.Reserve(3, Groups.Small(disk: 1)));
    }

    [Fact]
    public void KeptOfEndedLeases_IsGone_UntilItIsRemoved()
    {
        Measure(free: 60, StorageTerms.Open);

        Assert.Equal((60 * ByteSize.GiB, 60 * ByteSize.GiB), Storage());
    }

    [Fact]
    public void Problem_RefusesEveryOrderThatNeedsDisk_WithTheReason_AndKeepsWhatIsLeased()
    {
        _fixture.Reserve(1, Groups.Small());
        Measure(free: 100, StorageTerms.Open with { Problem = "only 1 GiB is free" });

        var refusal = _fixture.Refusal(2, Groups.Small());

        Assert.Equal((ResourceKind.Storage, "no storage is sold at the moment: only 1 GiB is free"), (refusal.Resource, refusal.Detail));
        Assert.Single(_fixture.Book.Snapshot.Reservations);
        Measure(free: 100, StorageTerms.Open);
        Assert.IsType<ReserveOutcome.Reserved>(_fixture.Reserve(2, Groups.Small()));
    }

    [Trait(Pain.Trait, Pain.PersistentStorageEmpty)]
    [Theory]
    [InlineData(null, true)]
    [InlineData("nobody is held to it", false)]
    public void PersistentClasses_AreSoldOnlyWhileTheirSizeIsKept(string? problem, bool sold)
    {
        _fixture.Options.StorageClasses.Persistent = ["beta2"];
        Measure(free: 100, StorageTerms.Open with { PersistentProblem = problem });
        var group = Groups.Of(Groups.Unit().With(Groups.Volume("data", ByteSize.GiB, ("class", "beta2"), ("persistent", "true"))));

        Assert.Equal(sold, _fixture.Reserve(1, group) is ReserveOutcome.Reserved);
        Assert.Equal(sold, _fixture.Book.Snapshot.PersistentClasses.Contains("beta2"));
    }

    private (long Total, long Free) Storage() => (_fixture.Book.Snapshot[ResourceKind.Storage].Total, _fixture.Book.Snapshot[ResourceKind.Storage].Free);

    private void Measure(long free, StorageTerms terms) => _fixture.Book.Measured(
        new(new(8000), "Test CPU", new(16 * ByteSize.GiB), "/data", new(1000 * ByteSize.GiB), new(free * ByteSize.GiB), [], _fixture.Time.GetUtcNow()) { Storage = terms }, _fixture.Options);
}
