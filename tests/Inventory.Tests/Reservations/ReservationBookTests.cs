using Microsoft.Extensions.Logging;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Inventory.Tests.Reservations;

public sealed class ReservationBookTests : IDisposable
{
    private readonly BookFixture _fixture = new();

    private ReservationBook Book => _fixture.Book;

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public void TryReserve_Fits_TakesAllReplicasOfAllUnits()
    {
        var group = Groups.Of(Groups.Unit(count: 2, milli: 1500), Groups.Unit(memory: 3 * ByteSize.GiB, id: 2).With(Groups.Ram(ByteSize.GiB)));

        var reserved = Assert.IsType<ReserveOutcome.Reserved>(_fixture.Reserve(1, group)).Reservation;

        Assert.Equal(new Demand(4000, 6 * ByteSize.GiB, 15 * ByteSize.GiB, 0), reserved.Allocation.Demand);
        Assert.Equal(group.Units, reserved.Allocation.Units);
        Assert.Equal((4000L, 4000L), (Book.Snapshot[ResourceKind.Cpu].Used, Book.Snapshot[ResourceKind.Cpu].Free));
        Assert.Equal(6 * ByteSize.GiB, Book.Snapshot[ResourceKind.Memory].Used);
        Assert.Equal(15 * ByteSize.GiB, Book.Snapshot[ResourceKind.Storage].Used);
    }

    [Theory]
    [InlineData(8000, 1, 1, true)]
    [InlineData(8001, 1, 1, false)]
    [InlineData(1, 16, 1, true)]
    [InlineData(1, 17, 1, false)]
    [InlineData(1, 1, 100, true)]
    [InlineData(1, 1, 101, false)]
    public void TryReserve_AtTheEdge_TakesTheLastBitAndNoMore(long milli, long memoryGib, long diskGib, bool fits) =>
        Assert.Equal(fits, _fixture.Reserve(1, Groups.Small(1, milli, memoryGib * ByteSize.GiB, diskGib * ByteSize.GiB)) is ReserveOutcome.Reserved);

    [Fact]
    public void TryReserve_TooMuch_NamesResourceAskedAndFree()
    {
        _fixture.Reserve(1, Groups.Small(milli: 6000));

        var refusal = _fixture.Refusal(2, Groups.Small(milli: 3000));

        Assert.Equal(new(ResourceKind.Cpu, 3000, 2000, "cpu: asked 3000m, free 2000m of 8000m"), refusal);
        Assert.Single(Book.Snapshot.Reservations);
        Assert.Equal(1, _fixture.Meters.Sum("provider_inventory_requests", "action=reserve", "result=fail"));
    }

    [Fact]
    public void TryReserve_SameOrderTwice_TakesOnce()
    {
        _fixture.Reserve(1, Groups.Small());
        _fixture.Reserve(1, Groups.Small(milli: 5000));

        Assert.Equal(1000, Book.Snapshot[ResourceKind.Cpu].Used);
    }

    [Fact]
    public void TryReserve_Gpu_SaysThatNoneIsForSale()
    {
        var refusal = _fixture.Refusal(1, Groups.Of(Groups.Unit(gpus: 2)));

        Assert.Equal(ResourceKind.Gpu, refusal.Resource);
        Assert.Contains("no GPU is for sale on this host", refusal.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void TryReserve_PersistentClassIsForSale_ThatOneFitsAndTakesOfTheDisk()
    {
        _fixture.Options.StorageClasses.Persistent = ["beta3"];
        _fixture.Measure();

        var refusal = _fixture.Refusal(1, Groups.Of(Groups.Unit().With(Groups.Volume("data", ByteSize.GiB, ("class", "beta2"), ("persistent", "true")))));
        Assert.Contains("of class 'beta2': for sale here are beta3", refusal.Detail, StringComparison.Ordinal);
        Assert.IsType<ReserveOutcome.Reserved>(_fixture.Reserve(1, Groups.Of(Groups.Unit().With(Groups.Volume("data", ByteSize.GiB, ("class", "beta3"), ("persistent", "true"))))));
        Assert.Equal(6 * ByteSize.GiB, Book.Snapshot[ResourceKind.Storage].Used);
        Assert.Equal(ResourceKind.Storage, _fixture.Refusal(2, Groups.Of(Groups.Unit().With(Groups.Volume("data", 200 * ByteSize.GiB, ("class", "beta3"), ("persistent", "true"))))).Resource);
    }

    public static TheoryData<string, ResourceKind> UnsoldThings => new()
    {
        { "persistent", ResourceKind.StorageClass },
        { "class", ResourceKind.StorageClass },
        { "ip", ResourceKind.LeasedIp },
        { "nothing", ResourceKind.Request },
        { "no replica", ResourceKind.Request },
        { "no cpu", ResourceKind.Request },
        { "negative memory", ResourceKind.Request },
        { "negative volume", ResourceKind.Request },
        { "negative gpu", ResourceKind.Request },
    };

    [Theory]
    [MemberData(nameof(UnsoldThings))]
    public void TryReserve_ThingsNotSold_AreRefusedWithTheirKind(string what, ResourceKind kind)
    {
        var unit = Groups.Unit();
        var group = what switch
        {
            "persistent" => Groups.Of(unit.With(Groups.Volume("data", 1, ("class", "beta3"), ("persistent", "true")))),
            "class" => Groups.Of(unit.With(Groups.Volume("data", 1, ("class", "beta3"), ("persistent", "false")))),
            "ip" => Groups.Of(unit.With(new ServiceEndpoint(EndpointKind.LeasedIp, 1))),
            "nothing" => Groups.Of(),
            "no replica" => Groups.Small(count: 0),
            "no cpu" => Groups.Small(milli: 0),
            "negative memory" => Groups.Small(memory: -1),
            "negative volume" => Groups.Small(disk: -1),
            _ => Groups.Of(Groups.Unit(gpus: -1)),
        };

        Assert.Equal(kind, _fixture.Refusal(1, group).Resource);
        Assert.Equal(0, Book.Snapshot[ResourceKind.Cpu].Used);
    }

    [Fact]
    public void TryReserve_RamVolume_CountsAsMemoryAndCanBeSwitchedOff()
    {
        // Vector of the lifecycle notes: a ram volume of 6 GiB beside 4 GiB of memory does not fit into 8 GiB.
        _fixture.Measure(memory: 8 * ByteSize.GiB);
        var group = Groups.Of(Groups.Unit(memory: 4 * ByteSize.GiB).With(Groups.Ram(6 * ByteSize.GiB)));
        Assert.Equal(ResourceKind.Memory, _fixture.Refusal(1, group).Resource);

        _fixture.Options.StorageClasses.Ram = false;
        _fixture.Measure(memory: 64 * ByteSize.GiB);
        Assert.Equal(ResourceKind.StorageClass, _fixture.Refusal(1, group).Resource);
    }

    [Fact]
    public void TryReserve_VectorsOfTwoUnitsOnOneHost_FitByTheirSum()
    {
        _fixture.Measure(milli: 4000, memory: 8 * ByteSize.GiB);

        Assert.Equal(ResourceKind.Cpu, _fixture.Refusal(1, Groups.Small(count: 2, milli: 3000, memory: 4 * ByteSize.GiB)).Resource);
        Assert.Equal(ResourceKind.Cpu, _fixture.Refusal(1, Groups.Of(Groups.Unit(milli: 2000), Groups.Unit(milli: 3000, id: 2))).Resource);
        Assert.IsType<ReserveOutcome.Reserved>(_fixture.Reserve(1, Groups.Small(milli: 3000, memory: 4 * ByteSize.GiB)));
    }

    [Trait(Pain.Trait, Pain.AbsurdInventory)]
    [Fact]
    public void TryReserve_AbsurdAmounts_AreRefusedWithoutOverflow()
    {
        var group = Groups.Small(int.MaxValue, long.MaxValue, long.MaxValue, long.MaxValue);

        Assert.Equal(Demand.Ceiling, _fixture.Refusal(1, group).Asked);
    }

    [Fact]
    public void TryReserve_BeforeTheFirstMeasurement_IsRefused()
    {
        using var metrics = new InventoryMetrics(_fixture.Meters);
        var book = new ReservationBook(_fixture.Time, metrics, _fixture.Log, () => null);

        Assert.Equal(ResourceKind.Host, Assert.IsType<ReserveOutcome.Refused>(book.TryReserve(Groups.Order(1), Groups.Small(), BookFixture.Lifetime)).Refusal.Resource);
        book.EnsureAssigned(Groups.Order(2), Groups.Small());
        Assert.False(_fixture.Log.Has("Overcommitted")); // nothing is known yet to compare with
    }

    [Fact]
    public void Release_Twice_GivesBackOnce()
    {
        _fixture.Reserve(1, Groups.Small());
        _fixture.Reserve(2, Groups.Small());

        Assert.True(Book.Release(Groups.Order(1)));
        Assert.False(Book.Release(Groups.Order(1)));
        Assert.False(Book.Release(Groups.Order(77)));
        Assert.Equal(1000, Book.Snapshot[ResourceKind.Cpu].Used);
    }

    [Fact]
    public void Cancel_AssignedReservation_IsNotTouched()
    {
        _fixture.Reserve(1, Groups.Small());
        Book.EnsureAssigned(Groups.Order(2), Groups.Small());

        Assert.True(Book.Cancel(Groups.Order(1)));
        Assert.False(Book.Cancel(Groups.Order(1)));
        Assert.False(Book.Cancel(Groups.Order(2)));
        Assert.Equal(1000, Book.Snapshot[ResourceKind.Cpu].Used);
    }

    [Fact]
    public void ExpireDue_OnlyUnassignedAndUnrenewed_Lapse()
    {
        for (var order = 1; order <= 3; order++) _fixture.Reserve(order, Groups.Small());
        Assert.True(Book.Assign(Groups.Order(1)));
        _fixture.Time.Advance(BookFixture.Lifetime / 2);
        Assert.True(Book.Renew(Groups.Order(2), BookFixture.Lifetime));
        _fixture.Time.Advance(BookFixture.Lifetime / 2);

        Assert.Equal([Groups.Order(3)], Book.ExpireDue());
        Assert.Equal(2000, Book.Snapshot[ResourceKind.Cpu].Used);

        _fixture.Time.Advance(TimeSpan.FromDays(1));
        Assert.Equal([Groups.Order(2)], Book.ExpireDue());
        Assert.True(Book.Snapshot.Reservations[Groups.Order(1)].IsAssigned);
    }

    [Fact]
    public void ExpireDue_WallClockStepsAYear_NothingLapses()
    {
        _fixture.Reserve(1, Groups.Small());

        _fixture.Time.StepWallClock(TimeSpan.FromDays(366));

        Assert.Empty(Book.ExpireDue());
    }

    [Fact]
    public void AssignAndRenew_WithoutReservation_SayFalse()
    {
        Assert.False(Book.Assign(Groups.Order(1)));
        Assert.False(Book.Renew(Groups.Order(1), BookFixture.Lifetime));
    }

    [Fact]
    public void Renew_AssignedReservation_StaysWithoutExpiry()
    {
        Book.EnsureAssigned(Groups.Order(1), Groups.Small());

        Assert.True(Book.Renew(Groups.Order(1), TimeSpan.FromSeconds(1)));
        _fixture.Time.Advance(TimeSpan.FromDays(1));

        Assert.Empty(Book.ExpireDue());
    }

    [Fact]
    public void EnsureAssigned_MoreThanThereIs_IsBookedReportedAndStopsSelling()
    {
        Book.EnsureAssigned(Groups.Order(1), Groups.Small(milli: 9000));
        Book.EnsureAssigned(Groups.Order(1), Groups.Small(milli: 9000));

        var cpu = Book.Snapshot[ResourceKind.Cpu];
        Assert.Equal((9000L, 0L, true), (cpu.Used, cpu.Free, cpu.IsOvercommitted));
        Assert.Equal(LogLevel.Error, Assert.Single(_fixture.Log.Entries, entry => entry.EventName == "Overcommitted").Level);
        Assert.Equal(1, _fixture.Meters.Gauge("provider_inventory_overcommitted", "quantity=cpu"));
        Assert.Contains("not for sale", _fixture.Refusal(2, Groups.Small(milli: 1)).Detail, StringComparison.Ordinal);

        Book.Release(Groups.Order(1));
        Assert.True(_fixture.Log.Has("NoLongerOvercommitted"));
        Assert.IsType<ReserveOutcome.Reserved>(_fixture.Reserve(2, Groups.Small(milli: 8000)));
    }

    [Fact]
    public void EnsureReserved_BidThatNoLongerFits_IsBookedAndCanStillLapse()
    {
        Book.EnsureReserved(Groups.Order(1), Groups.Small(memory: 20 * ByteSize.GiB), BookFixture.Lifetime);
        Assert.True(Book.Snapshot[ResourceKind.Memory].IsOvercommitted);

        _fixture.Time.Advance(BookFixture.Lifetime);

        Assert.Single(Book.ExpireDue());
        Assert.False(Book.Snapshot[ResourceKind.Memory].IsOvercommitted);
    }

    [Fact]
    public void EnsureAssigned_AfterTryReserve_KeepsOneReservation()
    {
        _fixture.Reserve(1, Groups.Small());

        Assert.True(Book.EnsureAssigned(Groups.Order(1), Groups.Small()).IsAssigned);
        Assert.Equal(1000, Book.Snapshot[ResourceKind.Cpu].Used);
    }

    [Fact]
    public void EnsureAssigned_UnsoldThings_AreBookedAsFarAsTheyCount()
    {
        Book.EnsureAssigned(Groups.Order(1), Groups.Of(Groups.Unit().With(Groups.Volume("data", ByteSize.GiB, ("class", "beta3"), ("persistent", "true")))));

        Assert.Equal(6 * ByteSize.GiB, Book.Snapshot[ResourceKind.Storage].Used);
    }

    [Fact]
    public async Task TryReserve_ManyAtOnce_NeverSellsTwice()
    {
        var outcomes = await Task.WhenAll(Enumerable.Range(1, 64).Select(order => Task.Run(() => _fixture.Reserve(order, Groups.Small()))));

        Assert.Equal(8, outcomes.Count(outcome => outcome is ReserveOutcome.Reserved));
        Assert.Equal(0, Book.Snapshot[ResourceKind.Cpu].Free);
    }
}
