using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Inventory;

/// <summary>All reservations under one lock; readers get an immutable snapshot that is replaced with each change.</summary>
internal sealed partial class ReservationBook(TimeProvider time, InventoryMetrics metrics, ILogger<ReservationBook> log, GpuPassthroughProblem passthrough) : IReservationBook
{
    private static readonly ImmutableArray<ResourceKind> CountedKinds = [ResourceKind.Cpu, ResourceKind.Memory, ResourceKind.Storage, ResourceKind.Gpu];

    private readonly Lock _gate = new();
    private readonly Dictionary<ResourceKind, ResourcePool> _pools = CountedKinds.ToDictionary(kind => kind, kind => new ResourcePool(kind));

    private readonly GpuShelf _gpus = new();
    private readonly HashSet<ResourceKind> _reportedOvercommitted = [];
    private readonly HashSet<ResourceKind> _reportedFaults = [];
    private volatile bool _isComplete;
    private volatile InventorySnapshot _snapshot = new(
        null, "the host has not been measured yet", [.. CountedKinds.Select(kind => new ResourceLine(kind, 0, 0, null))], false, ImmutableDictionary<OrderId, Reservation>.Empty);

    public InventorySnapshot Snapshot => _snapshot;

    /// <summary>Which order has which device; reading it takes no lock.</summary>
    public IReadOnlyDictionary<string, OrderId> GpuOwners => _gpus.Owners;

    /// <summary>A lease has the device.</summary>
    public bool IsLeased(string uuid) => _gpus.Owners.TryGetValue(uuid, out var order) && _snapshot.Reservations.TryGetValue(order, out var held) && held.IsAssigned;

    public ReserveOutcome TryReserve(OrderId owner, GroupSpec group, TimeSpan lifetime)
    {
        lock (_gate)
        {
            if (_snapshot.Reservations.TryGetValue(owner, out var known)) return new ReserveOutcome.Reserved(known);
            if (Fitter.Refuse(group, _snapshot, out var placement) is { } refusal)
            {
                metrics.Request("reserve", success: false);
                return new ReserveOutcome.Refused(refusal);
            }

            var picks = placement is null ? [] : GpuShelf.Picks(group, placement);
            return new ReserveOutcome.Reserved(Add(owner, group, picks, isAssigned: false, lifetime));
        }
    }

    public Reservation EnsureReserved(OrderId owner, GroupSpec group, TimeSpan lifetime)
    {
        lock (_gate)
        {
            return _snapshot.Reservations.TryGetValue(owner, out var known) ? known : Add(owner, group, _gpus.PickFor(owner, group), isAssigned: false, lifetime);
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
            if (!_snapshot.Reservations.TryGetValue(owner, out var known)) return Add(owner, group, _gpus.PickFor(owner, group), isAssigned: true, Timeout.InfiniteTimeSpan);
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

            Check(_gpus.Audit(_snapshot.Reservations.Values));

            Publish(_snapshot.Reservations);
            return [.. due.Select(reservation => reservation.Owner)];
        }
    }

    /// <summary>Takes over a measurement: what may be sold from now on.</summary>
    public void Measured(HostResources host, InventoryOptions options)
    {
        var sellable = Sellable.Of(host, options, time.GetUtcNow());
        lock (_gate)
        {
            _pools[ResourceKind.Cpu].Measure(sellable.Cpu.Value);
            _pools[ResourceKind.Memory].Measure(sellable.Memory.Bytes);
            _pools[ResourceKind.Storage].Measure(sellable.Storage.Bytes);
            Publish(_snapshot with
            {
                Host = host,
                Problem = null,
                SellsRam = options.StorageClasses.Ram,
                PersistentClasses = host.Storage.PersistentProblem is null ? options.StorageClasses.Persistent.ToValueList() : [],
                StorageProblem = host.Storage.Problem,
            });
        }
    }

    /// <summary>The host cannot be measured at the moment: what is promised stays, nothing more is sold.</summary>
    public void Unmeasured(string problem)
    {
        lock (_gate) Publish(_snapshot with { Problem = problem });
    }

    /// <summary>Takes over what is known of the GPUs: what may be sold from now on, and who has what.</summary>
    /// <param name="facts">Every device that was ever seen.</param>
    /// <param name="topology">How they are joined.</param>
    /// <param name="problem">Why none of them is sold; null when they are.</param>
    public void GpusSeen(IReadOnlyList<GpuFact> facts, GpuTopology topology, string? problem)
    {
        lock (_gate)
        {
            _gpus.See(facts, topology, problem);
            TopUp();
            Publish(_snapshot.Reservations);
        }
    }

    /// <summary>Devices that leases gave back since the last call; until then they are not sold.</summary>
    public string[] TakeReturnedGpus()
    {
        lock (_gate) return _gpus.TakeReturned();
    }

    /// <summary>What orders were given in an earlier life of the daemon: they get the same devices again.</summary>
    public void RememberGpus(IReadOnlyDictionary<OrderId, ValueList<GpuPick>> picks)
    {
        lock (_gate) _gpus.Remember(picks);
    }

    public bool IsComplete => _isComplete;

    public void AllBooked()
    {
        lock (_gate)
        {
            _gpus.ForgetRemembered();
            _isComplete = true;
        }
    }

    /// <summary>Leases that were booked before their devices were known get them now.</summary>
    private void TopUp()
    {
        foreach (var reservation in _snapshot.Reservations.Values.Where(entry => entry.Allocation.Demand.Gpus > 0 && entry.Allocation.Gpus.Count == 0))
        {
            var picks = _gpus.PickFor(reservation.Owner, new("", PlacementRequirements.None, reservation.Allocation.Units));
            if (picks.Count == 0) continue;
            Check(_gpus.Take(reservation.Owner, picks));
            _snapshot = _snapshot with { Reservations = _snapshot.Reservations.SetItem(reservation.Owner, reservation with { Allocation = reservation.Allocation with { Gpus = picks } }) };
        }
    }

    private void Check(string? fault)
    {
        if (fault is not null) _pools[ResourceKind.Gpu].Break(fault);
    }

    private static Reservation Assigned(Reservation reservation) => reservation with { IsAssigned = true, ExpiresAt = long.MaxValue };

    private Reservation Add(OrderId owner, GroupSpec group, ValueList<GpuPick> picks, bool isAssigned, TimeSpan lifetime)
    {
        var demand = Demand.Of(group);
        var reservation = new Reservation(owner, new(Concrete(group.Units, picks), demand) { Gpus = picks }, isAssigned, isAssigned ? long.MaxValue : After(lifetime));
        Check(_gpus.Take(owner, picks));
        foreach (var (kind, pool) in _pools) pool.Take(demand[kind]);
        Publish(_snapshot.Reservations.Add(owner, reservation));
        metrics.Request("reserve", success: true);
        return reservation;
    }

    /// <summary>The units with the model in place of a wildcard.</summary>
    private ValueList<ResourceUnit> Concrete(ValueList<ResourceUnit> units, ValueList<GpuPick> picks)
    {
        if (picks.Count == 0) return units;
        var models = _snapshot.Gpus.ToDictionary(gpu => gpu.Card.Uuid, gpu => gpu.Card.Model, StringComparer.Ordinal);
        return units.Select(unit => picks.FirstOrDefault(pick => pick.Unit == unit.Resources.Id) is { } pick
            ? UnitDemand.Concrete(unit, models.GetValueOrDefault(pick.Uuid))
            : unit).ToValueList();
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
        Check(_gpus.Give(reservation.Owner, reservation.Allocation.Gpus, wereUsed: reservation.IsAssigned));
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
        _pools[ResourceKind.Gpu].Measure(_gpus.Total);
        next = next with
        {
            Lines = [.. _pools.Values.Select(pool => pool.Line)],
            Gpus = _gpus.Statuses(next.Reservations),
            Topology = _gpus.Topology,
            GpuProblem = _gpus.Problem ?? passthrough(),
        };
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
