using ProviderAgent.Marketplace;

namespace ProviderAgent.Inventory.Tests.Reservations;

/// <summary>Devices in the books, by UUID.</summary>
public sealed class GpuReservationTests : IDisposable
{
    private readonly BookFixture _fixture = new();

    private ReservationBook Book => _fixture.Book;

    public void Dispose() => _fixture.Dispose();

    [Trait(Pain.Trait, Pain.WrongModelPriced)]
    [Fact]
    public void TryReserve_Wildcard_PicksDevicesAndNamesTheModel()
    {
        See(GpuOrders.Fact(1, GpuOrders.Rtx4090), GpuOrders.Fact(2, GpuOrders.Rtx4090));

        var allocation = Reserve(1, GpuOrders.Order(1, "*")).Allocation;

        Assert.Equal([new GpuPick(1, 0, GpuMachine.Uuid(1))], allocation.Gpus);
        Assert.Equal("vendor/nvidia/model/rtx4090", allocation.Units[0].Resources.GpuAttributes[0].Key);
        Assert.Equal(("reserved", "for_sale"), (State(1), State(2)));
        Assert.Equal((2L, 1L, 1L), (Line.Total, Line.Used, Line.Free));
    }

    [Fact]
    public void TryReserve_NoPassthrough_IsRefusedWithItsReason()
    {
        _fixture.Passthrough = "the engine has no driver for GPUs";
        See(GpuOrders.Fact(1, GpuOrders.Rtx4090));

        var refusal = _fixture.Refusal(1, GpuOrders.Order(1));

        Assert.Equal((ResourceKind.Gpu, "no GPU is sold at the moment: the engine has no driver for GPUs"), (refusal.Resource, refusal.Detail));
        Assert.IsType<ReserveOutcome.Reserved>(_fixture.Reserve(2, Groups.Small()));
    }

    [Fact]
    public void TryReserve_EnoughCardsButNotOfOneModel_SaysWhichUnit()
    {
        See(GpuOrders.Fact(1, GpuOrders.Rtx4090), GpuOrders.Fact(2, GpuOrders.H100));

        Assert.Equal(new(ResourceKind.Gpu, 2, 1, "gpu: unit 1 asks for 2 of one model (vendor/nvidia/model/*), free are 1"), _fixture.Refusal(1, GpuOrders.Order(2, "*")));
        Assert.Contains("all of them together do not", _fixture.Refusal(1, Groups.Of(GpuOrders.Unit(1, wishes: "h100"), GpuOrders.Unit(1, id: 2, wishes: "h100"))).Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void Cancel_Declined_IsForSaleAtOnce()
    {
        See(GpuOrders.Fact(1, GpuOrders.Rtx4090));
        Reserve(1, GpuOrders.Order(1));

        Book.Cancel(Groups.Order(1));

        Assert.Equal("for_sale", State(1));
        Assert.Equal(GpuMachine.Uuid(1), Reserve(2, GpuOrders.Order(1)).Allocation.Gpus[0].Uuid);
    }

    [Trait(Pain.Trait, Pain.GpuStuckAfterCleanUp)]
    [Fact]
    public void Release_OfALease_IsNotForSaleBeforeSomebodyHasLooked()
    {
        See(GpuOrders.Fact(1, GpuOrders.Rtx4090));
        Reserve(1, GpuOrders.Order(1));
        Book.Assign(Groups.Order(1));
        Assert.Equal("leased", State(1));

        Book.Release(Groups.Order(1));
        See(GpuOrders.Fact(1, GpuOrders.Rtx4090)); // a sweep that began before
        Assert.Equal("resting", State(1));

        Assert.Equal([GpuMachine.Uuid(1)], Book.TakeReturnedGpus());
        See(GpuOrders.Fact(1, GpuOrders.Rtx4090));
        Assert.Equal("for_sale", State(1));
    }

    [Fact]
    public void EnsureAssigned_AfterRestart_GivesTheSameDevicesBeforeAnyIsSeen()
    {
        Book.RememberGpus(new Dictionary<OrderId, ValueList<GpuPick>> { [Groups.Order(1)] = [new(1, 0, GpuMachine.Uuid(2))] });

        Assert.Equal(GpuMachine.Uuid(2), Book.EnsureAssigned(Groups.Order(1), GpuOrders.Order(1)).Allocation.Gpus[0].Uuid);
        See(GpuOrders.Fact(1, GpuOrders.Rtx4090), GpuOrders.Fact(2, GpuOrders.Rtx4090));

        Assert.Equal(("for_sale", "leased"), (State(1), State(2)));
        Assert.False(Line.IsOvercommitted);
    }

    [Fact]
    public void EnsureAssigned_NothingRememberedNorSeen_IsToppedUpWhenDevicesAppear()
    {
        Book.EnsureAssigned(Groups.Order(1), GpuOrders.Order(2));
        Assert.True(Line.IsOvercommitted);

        See(GpuOrders.Fact(1, GpuOrders.Rtx4090), GpuOrders.Fact(2, GpuOrders.Rtx4090), GpuOrders.Fact(3, GpuOrders.Rtx4090));

        Assert.Equal(2, Book.Snapshot.Reservations[Groups.Order(1)].Allocation.Gpus.Count);
        Assert.Equal((3L, 2L), (Line.Total, Line.Used));
    }

    [Fact]
    public void See_LeasedDeviceFallsSick_OthersAreStillSold()
    {
        See(GpuOrders.Fact(1, GpuOrders.Rtx4090), GpuOrders.Fact(2, GpuOrders.Rtx4090));
        Reserve(1, GpuOrders.Order(1));
        Book.Assign(Groups.Order(1));

        See(GpuOrders.Fact(1, GpuOrders.Rtx4090, GpuCondition.Quarantined), GpuOrders.Fact(2, GpuOrders.Rtx4090));

        Assert.Equal(("quarantined", Groups.Order(1)), (State(1), Book.Snapshot.Gpus[0].Owner ?? default));
        Assert.Equal(GpuMachine.Uuid(2), Reserve(2, GpuOrders.Order(1)).Allocation.Gpus[0].Uuid);
    }

    [Fact]
    public void TryReserve_TwoReplicasOfTwo_GetNeighboursEach()
    {
        Book.GpusSeen(
            [.. Enumerable.Range(1, 4).Select(number => GpuOrders.Fact(number, GpuOrders.H100))],
            new([new(GpuMachine.Uuid(1), GpuMachine.Uuid(3), 20, true), new(GpuMachine.Uuid(2), GpuMachine.Uuid(4), 20, true)]),
            null);

        var picks = Reserve(1, Groups.Of(GpuOrders.Unit(2, count: 2))).Allocation.Gpus;

        Assert.Equal([[1, 3], [2, 4]], picks.GroupBy(pick => pick.Replica).Select(set => set.Select(pick => int.Parse(pick.Uuid.AsSpan(4, 8), System.Globalization.CultureInfo.InvariantCulture)).Order().ToArray()));
    }

    /// <summary>A million steps of orders' lives, crashes among them: nothing is lost, doubled or out of bounds.</summary>
    [Fact]
    public void AMillionSteps_FreeEqualsTotalAtTheEnd()
    {
        const int Steps = 1_000_000;
        const int Cards = 8;
        const int Orders = 12;
        var facts = Enumerable.Range(1, Cards).Select(number => GpuOrders.Fact(number, number <= 5 ? GpuOrders.Rtx4090 : GpuOrders.H100)).ToArray();
        var fixture = new BookFixture();
        var stored = new Dictionary<OrderId, (ValueList<GpuPick> Picks, GroupSpec Group)>();
        fixture.Book.GpusSeen(facts, GpuTopology.None, null);
        var state = 88172645463325252UL;
        for (var step = 0; step < Steps; step++)
        {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            var order = Groups.Order((int)(state % Orders) + 1);
            var group = Groups.Of(GpuOrders.Unit((int)(state >> 8 & 3), wishes: (state >> 10 & 3) switch { 0 => ["*"], 1 => ["h100"], _ => ["rtx4090"] }, milli: 1 + (long)(state >> 12 & 1023)));
            var book = fixture.Book;
            switch (state >> 24 & 15)
            {
                case < 6:
                    if (book.TryReserve(order, group, BookFixture.Lifetime) is ReserveOutcome.Reserved { Reservation: var held }) Assert.Equal(held.Allocation.Demand.Gpus, held.Allocation.Gpus.Count);
                    break;
                case < 8:
                    if (book.Assign(order)) stored[order] = (book.Snapshot.Reservations[order].Allocation.Gpus, new("", PlacementRequirements.None, book.Snapshot.Reservations[order].Allocation.Units));
                    break;
                case < 10:
                    book.Cancel(order);
                    break;
                case < 13:
                    if (book.Release(order)) stored.Remove(order);
                    break;
                case 13:
                    fixture.Time.Advance(TimeSpan.FromMinutes(3));
                    book.ExpireDue();
                    break;
                case 14:
                    book.TakeReturnedGpus();
                    book.GpusSeen(facts, GpuTopology.None, null);
                    break;
                default:
                    if ((state >> 32 & 255) != 0) break;

                    // Killed: what was stored of leases comes back, bids do not.
                    fixture.Dispose();
                    fixture = new();
                    fixture.Book.RememberGpus(stored.ToDictionary(entry => entry.Key, entry => entry.Value.Picks));
                    foreach (var (lease, was) in stored) Assert.Equal(was.Picks, fixture.Book.EnsureAssigned(lease, was.Group).Allocation.Gpus);
                    fixture.Book.GpusSeen(facts, GpuTopology.None, null);
                    break;
            }

            var line = fixture.Book.Snapshot[ResourceKind.Gpu];
            if (line.Used < 0 || line.Used > line.Total || line.Total > Cards || line.Fault is not null) Assert.Fail($"step {step}: {line}, {line.Fault}");
        }

        foreach (var order in fixture.Book.Snapshot.Reservations.Keys) fixture.Book.Release(order);
        fixture.Book.TakeReturnedGpus();
        fixture.Book.GpusSeen(facts, GpuTopology.None, null);
        fixture.Book.ExpireDue();
        Assert.Equal((Cards, 0, (string?)null), (fixture.Book.Snapshot[ResourceKind.Gpu].Free, fixture.Book.Snapshot[ResourceKind.Gpu].Used, fixture.Book.Snapshot[ResourceKind.Gpu].Fault));
        Assert.All(fixture.Book.Snapshot.Lines, line => Assert.Equal(line.Total, line.Free));
        fixture.Dispose();
    }

    private ResourceLine Line => Book.Snapshot[ResourceKind.Gpu];

    private string State(int number) => Book.Snapshot.Gpus.Single(gpu => gpu.Card.Uuid == GpuMachine.Uuid(number)).State;

    private void See(params GpuFact[] facts) => Book.GpusSeen(facts, GpuTopology.None, null);

    private Reservation Reserve(int order, GroupSpec group) => Assert.IsType<ReserveOutcome.Reserved>(_fixture.Reserve(order, group)).Reservation;
}
