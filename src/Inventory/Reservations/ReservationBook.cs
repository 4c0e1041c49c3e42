using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Inventory;

/// <summary>All reservations under one lock; readers get an immutable snapshot that is replaced with each change.</summary>
internal sealed partial class ReservationBook(TimeProvider time, InventoryMetrics metrics, ILogger<ReservationBook> log) : IReservationBook
{
    // GPUs stay at zero: this version sells none.
    private static readonly ImmutableArray<ResourceKind> CountedKinds = [ResourceKind.Cpu, ResourceKind.Memory, ResourceKind.Storage, ResourceKind.Gpu];

    private readonly Lock _gate = new();
    private readonly Dictionary<ResourceKind, ResourcePool> _pools = CountedKinds.ToDictionary(kind => kind, kind => new ResourcePool(kind));

    private readonly HashSet<ResourceKind> _reportedOvercommitted = [];
    private readonly HashSet<ResourceKind> _reportedFaults = [];
    private volatile InventorySnapshot _snapshot = new(
        null, "the host has not been measured yet", [.. CountedKinds.Select(kind => new ResourceLine(kind, 0, 0, null))], false, ImmutableDictionary<OrderId, Reservation>.Empty);

    public InventorySnapshot Snapshot => _snapshot;

    public ReserveOutcome TryReserve(OrderId owner, GroupSpec group, TimeSpan lifetime)
    {
        lock (_gate)
        {
            if (_snapshot.Reservations.TryGetValue(owner, out var known)) return new ReserveOutcome.Reserved(known);
            if (_snapshot.Refuse(group) is { } refusal)
            {
                metrics.Request("reserve", success: false);
                return new ReserveOutcome.Refused(refusal);
            }

            return new ReserveOutcome.Reserved(Add(owner, group, isAssigned: false, lifetime));
        }
    }

    public Reservation EnsureReserved(OrderId owner, GroupSpec group, TimeSpan lifetime)
    {
        lock (_gate)
        {
            return _snapshot.Reservations.TryGetValue(owner, out var known) ? known : Add(owner, group, isAssigned: false, lifetime);
        }
    }

    public bool Renew(OrderId owner, TimeSpan lifetime)
    {
        lock (_gate)
        {
            if (!_snapshot.Reservations.TryGetValue(owner, out var known)) return false;
            if (!known.IsAssigned) Publish(_snapshot.Reservations.SetItem(owner, known with { ExpiresAt = After(lifetime) }));
            return true;
        }
    }

    public bool Assign(OrderId owner)
    {
        lock (_gate)
        {
            if (!_snapshot.Reservations.TryGetValue(owner, out var known)) return false;
            if (!known.IsAssigned) Publish(_snapshot.Reservations.SetItem(owner, Assigned(known)));
            return true;
        }
    }

    public Reservation EnsureAssigned(OrderId owner, GroupSpec group)
    {
        lock (_gate)
        {
            if (!_snapshot.Reservations.TryGetValue(owner, out var known)) return Add(owner, group, isAssigned: true, Timeout.InfiniteTimeSpan);
            if (known.IsAssigned) return known;
            known = Assigned(known);
            Publish(_snapshot.Reservations.SetItem(owner, known));
            return known;
        }
    }

    public bool Cancel(OrderId owner) => GiveBack(owner, evenIfAssigned: false);

    public bool Release(OrderId owner) => GiveBack(owner, evenIfAssigned: true);

    public IReadOnlyList<OrderId> ExpireDue()
    {
        lock (_gate)
        {
            var now = time.GetTimestamp();
            var due = _snapshot.Reservations.Values.Where(reservation => !reservation.IsAssigned && reservation.ExpiresAt <= now).ToList();
            foreach (var reservation in due)
            {
                Remove(reservation);
                Log.ReservationExpired(log, reservation.Owner);
            }

            foreach (var (kind, pool) in _pools)
            {
                Int128 sum = 0;
                foreach (var reservation in _snapshot.Reservations.Values) sum += reservation.Allocation.Demand[kind];
                pool.Audit(sum);
            }

            Publish(_snapshot.Reservations);
            return [.. due.Select(reservation => reservation.Owner)];
        }
    }

    /// <summary>Takes over a measurement: what may be sold from now on.</summary>
    public void Measured(HostResources host, InventoryOptions options)
    {
        var sellable = Sellable.Of(host, options);
        lock (_gate)
        {
            _pools[ResourceKind.Cpu].Measure(sellable.Cpu.Value);
            _pools[ResourceKind.Memory].Measure(sellable.Memory.Bytes);
            _pools[ResourceKind.Storage].Measure(sellable.Storage.Bytes);
            Publish(_snapshot with { Host = host, Problem = null, SellsRam = options.StorageClasses.Ram });
        }
    }

    /// <summary>The host cannot be measured at the moment: what is promised stays, nothing more is sold.</summary>
    public void Unmeasured(string problem)
    {
        lock (_gate) Publish(_snapshot with { Problem = problem });
    }

    private static Reservation Assigned(Reservation reservation) => reservation with { IsAssigned = true, ExpiresAt = long.MaxValue };

    private Reservation Add(OrderId owner, GroupSpec group, bool isAssigned, TimeSpan lifetime)
    {
        var demand = Demand.Of(group);
        var reservation = new Reservation(owner, new(group.Units, demand), isAssigned, isAssigned ? long.MaxValue : After(lifetime));
        foreach (var (kind, pool) in _pools) pool.Take(demand[kind]);
        Publish(_snapshot.Reservations.Add(owner, reservation));
        metrics.Request("reserve", success: true);
        return reservation;
    }

    private bool GiveBack(OrderId owner, bool evenIfAssigned)
    {
        lock (_gate)
        {
            if (!_snapshot.Reservations.TryGetValue(owner, out var known) || (known.IsAssigned && !evenIfAssigned)) return false;
            Remove(known);
            metrics.Request("unreserve", success: true);
            return true;
        }
    }

    private void Remove(Reservation reservation)
    {
        foreach (var (kind, pool) in _pools) pool.Give(reservation.Allocation.Demand[kind]);
        Publish(_snapshot.Reservations.Remove(reservation.Owner));
    }

    private long After(TimeSpan lifetime)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(lifetime, TimeSpan.Zero);
        return time.GetTimestamp() + (long)(lifetime.TotalSeconds * time.TimestampFrequency);
    }

    private void Publish(ImmutableDictionary<OrderId, Reservation> reservations) => Publish(_snapshot with { Reservations = reservations });

    private void Publish(InventorySnapshot next)
    {
        next = next with { Lines = [.. _pools.Values.Select(pool => pool.Line)] };
        foreach (var line in next.Lines) Report(line, next.Host is not null);
        _snapshot = next;
    }

    private void Report(ResourceLine line, bool isMeasured)
    {
        if (line.Fault is { } fault && _reportedFaults.Add(line.Kind)) Log.BooksBroken(log, line.Kind, fault);
        if (!isMeasured) return; // nothing to compare the leases of an earlier run with yet
        if (line.IsOvercommitted && _reportedOvercommitted.Add(line.Kind)) Log.Overcommitted(log, line.Kind, line);
        if (!line.IsOvercommitted && _reportedOvercommitted.Remove(line.Kind)) Log.NoLongerOvercommitted(log, line.Kind, line);
    }
}
