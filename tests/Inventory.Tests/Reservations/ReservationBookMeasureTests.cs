using ProviderAgent.Marketplace;

namespace ProviderAgent.Inventory.Tests.Reservations;

/// <summary>What becomes of the books when the host changes.</summary>
public sealed class ReservationBookMeasureTests : IDisposable
{
    private readonly BookFixture _fixture = new();

    private ReservationBook Book => _fixture.Book;

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public void Measured_KeepAndOvercommit_ShapeWhatIsForSale()
    {
        _fixture.Options.Keep = new() { Cpu = new(500), Memory = new(ByteSize.GiB), Storage = new(10 * ByteSize.GiB) };
        _fixture.Options.Overcommit = new() { Cpu = 2, Memory = 1.5m };
        _fixture.Measure();

        Assert.Equal(15_000, Book.Snapshot[ResourceKind.Cpu].Total);
        Assert.Equal(22 * ByteSize.GiB + 512 * ByteSize.MiB, Book.Snapshot[ResourceKind.Memory].Total);
        Assert.Equal(90 * ByteSize.GiB, Book.Snapshot[ResourceKind.Storage].Total);
    }

    [Fact]
    public void Measured_KeepMoreThanThereIs_LeavesNothingForSale()
    {
        _fixture.Options.Keep = new() { Cpu = new(99_000), Memory = new(99 * ByteSize.TiB), Storage = new(99 * ByteSize.TiB) };
        _fixture.Measure();

        Assert.All(Book.Snapshot.Lines, line => Assert.Equal(0, line.Total));
    }

    [Fact]
    public void Measured_TenantsWriteWhatTheyReserved_SellsLessNeverMore()
    {
        _fixture.Reserve(1, Groups.Small(disk: 60 * ByteSize.GiB));
        Assert.Equal(40 * ByteSize.GiB, Book.Snapshot[ResourceKind.Storage].Free);

        _fixture.Measure(disk: 70 * ByteSize.GiB); // 30 GiB written
        Assert.Equal(10 * ByteSize.GiB, Book.Snapshot[ResourceKind.Storage].Free);

        _fixture.Measure(disk: 20 * ByteSize.GiB); // the disk filled up: what is promised stays promised
        var storage = Book.Snapshot[ResourceKind.Storage];
        Assert.Equal((60 * ByteSize.GiB, 60 * ByteSize.GiB, 0L), (storage.Total, storage.Used, storage.Free));
        Assert.False(storage.IsOvercommitted);
    }

    [Fact]
    public void Measured_MemoryTakenOut_KeepsLeasesAndStopsSelling()
    {
        Book.EnsureAssigned(Groups.Order(1), Groups.Small(memory: 12 * ByteSize.GiB));

        _fixture.Measure(memory: 8 * ByteSize.GiB);

        Assert.True(Book.Snapshot[ResourceKind.Memory].IsOvercommitted);
        Assert.Equal(ResourceKind.Memory, _fixture.Refusal(2, Groups.Small()).Resource);
    }
}
