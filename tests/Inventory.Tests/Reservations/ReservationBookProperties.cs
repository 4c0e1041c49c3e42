using FsCheck;
using FsCheck.Fluent;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Inventory.Tests.Reservations;

/// <summary>Any sequence of steps leaves the books right: compared after each step with a naive model that adds everything up anew.</summary>
public sealed class ReservationBookProperties
{
    private const int Orders = 40;

    private enum Act
    {
        Reserve,
        EnsureReserved,
        EnsureAssigned,
        Assign,
        Renew,
        Cancel,
        Release,
        Expire,
        PassTime,
        Measure,
    }

    private sealed record Step(Act Act, int Order, int Milli, int MemoryMib, int DiskMib, int Count, int Seconds);

    [Trait(Pain.Trait, Pain.LeakOnRefusal)]
    [Fact]
    public void AnySequence_KeepsTheBooksRight() =>
        Prop.ForAll(Arb.From(Gen.ArrayOf(Steps)), Holds).Check(Config.QuickThrowOnFailure.WithMaxTest(300).WithEndSize(400));

    [Fact]
    public void HundredThousandSteps_KeepTheBooksRight() =>
        Prop.ForAll(Arb.From(Gen.ArrayOf(Steps, 100_000)), Holds).Check(Config.QuickThrowOnFailure.WithMaxTest(1));

    private static Gen<Step> Steps =>
        from act in Gen.Elements(Enum.GetValues<Act>())
        from order in Gen.Choose(1, Orders)
        from milli in Gen.Choose(1, 4000)
        from memory in Gen.Choose(1, 8192)
        from disk in Gen.Choose(0, 40_960)
        from count in Gen.Choose(1, 3)
        from seconds in Gen.Choose(1, 400)
        select new Step(act, order, milli, memory, disk, count, seconds);

    private static bool Holds(Step[] steps)
    {
        using var fixture = new BookFixture();
        var model = new Dictionary<OrderId, Held>();
        foreach (var step in steps)
        {
            Apply(fixture, model, step);
            Compare(fixture.Book.Snapshot, model);
        }

        foreach (var order in model.Keys) Assert.True(fixture.Book.Release(order));
        fixture.Measure();
        fixture.Book.ExpireDue();
        Assert.All(fixture.Book.Snapshot.Lines, line => Assert.Equal((0L, line.Total, (string?)null), (line.Used, line.Free, line.Fault)));
        Assert.Empty(fixture.Book.Snapshot.Reservations);
        return true;
    }

    private static void Apply(BookFixture fixture, Dictionary<OrderId, Held> model, Step step)
    {
        var book = fixture.Book;
        var order = Groups.Order(step.Order);
        var group = Groups.Small(step.Count, step.Milli, step.MemoryMib * ByteSize.MiB, step.DiskMib * ByteSize.MiB);
        var lifetime = TimeSpan.FromSeconds(step.Seconds);
        var until = fixture.Time.GetTimestamp() + lifetime.Ticks;
        switch (step.Act)
        {
            case Act.Reserve:
                var expected = model.ContainsKey(order) || Fits(book.Snapshot, Demand.Of(group));
                Assert.Equal(expected, book.TryReserve(order, group, lifetime) is ReserveOutcome.Reserved);
                if (expected) model.TryAdd(order, new(Demand.Of(group), false, until));
                break;
            case Act.EnsureReserved:
                book.EnsureReserved(order, group, lifetime);
                model.TryAdd(order, new(Demand.Of(group), false, until));
                break;
            case Act.EnsureAssigned:
                book.EnsureAssigned(order, group);
                model[order] = new(model.TryGetValue(order, out var known) ? known.Demand : Demand.Of(group), true, long.MaxValue);
                break;
            case Act.Assign:
                Assert.Equal(model.ContainsKey(order), book.Assign(order));
                if (model.TryGetValue(order, out known)) model[order] = known with { IsAssigned = true, Until = long.MaxValue };
                break;
            case Act.Renew:
                Assert.Equal(model.ContainsKey(order), book.Renew(order, lifetime));
                if (model.TryGetValue(order, out known) && !known.IsAssigned) model[order] = known with { Until = until };
                break;
            case Act.Cancel:
                var cancels = model.TryGetValue(order, out known) && !known.IsAssigned;
                Assert.Equal(cancels, book.Cancel(order));
                if (cancels) model.Remove(order);
                break;
            case Act.Release:
                Assert.Equal(model.Remove(order), book.Release(order));
                break;
            case Act.Expire:
                var due = model.Where(held => held.Value.Until <= fixture.Time.GetTimestamp()).Select(held => held.Key).ToHashSet();
                Assert.Equal(due, book.ExpireDue().ToHashSet());
                foreach (var lapsed in due) model.Remove(lapsed);
                break;
            case Act.PassTime:
                fixture.Time.Advance(lifetime);
                break;
            default:
                fixture.Measure(step.Milli * 4L, step.MemoryMib * ByteSize.MiB * 4, step.DiskMib * ByteSize.MiB * 4);
                break;
        }
    }

    private static void Compare(InventorySnapshot snapshot, Dictionary<OrderId, Held> model)
    {
        Assert.Equal(model.Count, snapshot.Reservations.Count);
        foreach (var line in snapshot.Lines)
        {
            var sum = model.Values.Sum(held => held.Demand[line.Kind]);
            Assert.Equal(sum, line.Used);
            Assert.True(line.Used >= 0 && line.Total >= 0 && line.Free >= 0 && line.Free <= line.Total && line.Fault is null, line.ToString());
            Assert.True(line.IsOvercommitted || line.Used + line.Free == line.Total, line.ToString());
        }
    }

    private static bool Fits(InventorySnapshot snapshot, Demand demand) =>
        snapshot.Lines.All(line => demand[line.Kind] == 0 || (line.Used <= line.Total && demand[line.Kind] <= line.Total - line.Used));

    private sealed record Held(Demand Demand, bool IsAssigned, long Until);
}
