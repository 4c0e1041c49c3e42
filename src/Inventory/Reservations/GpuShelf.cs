using System.Collections.Frozen;
using System.Collections.Immutable;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Inventory;

/// <summary>Which device belongs to which order. A device has one owner or none. Not safe for concurrent use: the book locks.</summary>
internal sealed class GpuShelf
{
    private const string JustReturned = "given back by its lease; waits for its self-test";

    private readonly SortedDictionary<string, GpuFact> _facts = new(StringComparer.Ordinal);
    private readonly Dictionary<string, OrderId> _owners = new(StringComparer.Ordinal);
    private readonly HashSet<string> _returned = new(StringComparer.Ordinal);
    private readonly Dictionary<OrderId, ValueList<GpuPick>> _remembered = [];

    public GpuTopology Topology { get; private set; } = GpuTopology.None;

    public string? Problem { get; private set; } = "the GPUs have not been looked at yet";

    /// <summary>Who has what.</summary>
    public FrozenDictionary<string, OrderId> Owners { get; private set; } = FrozenDictionary<string, OrderId>.Empty;

    /// <summary>Devices that may be given to somebody, or are with somebody.</summary>
    public int Total => _owners.Count + _facts.Values.Count(fact => IsForSale(fact));

    /// <summary>Takes over what is known of the devices now. One that somebody has stays his, whatever it says.</summary>
    public void See(IEnumerable<GpuFact> facts, GpuTopology topology, string? problem)
    {
        _facts.Clear();
        foreach (var fact in facts)
        {
            var isReturned = fact.Condition == GpuCondition.Healthy && _returned.Contains(fact.Card.Uuid);
            _facts[fact.Card.Uuid] = isReturned ? fact with { Condition = GpuCondition.Resting, Reason = JustReturned } : fact;
        }

        (Topology, Problem) = (topology, problem);
    }

    /// <summary>What an order was given in an earlier life of the daemon.</summary>
    public void Remember(IReadOnlyDictionary<OrderId, ValueList<GpuPick>> picks)
    {
        foreach (var (order, given) in picks) _remembered[order] = given;
    }

    /// <summary>Nobody comes for what is remembered any more.</summary>
    public void ForgetRemembered() => _remembered.Clear();

    /// <summary>Devices that leases gave back since the last call.</summary>
    public string[] TakeReturned()
    {
        string[] returned = [.. _returned];
        _returned.Clear();
        return returned;
    }

    public ImmutableArray<FreeGpu> Free() =>
        [.. _facts.Values.Where(fact => IsForSale(fact)).Select(fact => fact.Card.Model is { } model ? new FreeGpu(fact.Card.Uuid, model) : null).OfType<FreeGpu>()];

    /// <summary>What an order is given that must be booked, come what may: what it had before, else what fits, else nothing until there is enough.</summary>
    public ValueList<GpuPick> PickFor(OrderId owner, GroupSpec group)
    {
        if (_remembered.Remove(owner, out var before)) return before.Where(pick => !_owners.ContainsKey(pick.Uuid)).DistinctBy(pick => pick.Uuid).ToValueList();
        if (group.Units.All(unit => unit.Resources.Gpus <= 0)) return [];
        var stock = new NodeStock("", long.MaxValue / 4, long.MaxValue / 4, long.MaxValue / 4, Free(), Topology);
        return Picks(group, GroupPlacer.Place(WithGpus(group), [stock]));
    }

    /// <summary>The devices of a placement, by the numbers that the market has for the units.</summary>
    public static ValueList<GpuPick> Picks(GroupSpec group, PlacementResult placement)
    {
        var units = WithGpus(group);
        return placement.Replicas.SelectMany(replica => replica.Gpus.Select(uuid => new GpuPick(units[replica.Unit].Resources.Id, replica.Replica, uuid))).ToValueList();
    }

    /// <summary>The units that need devices; the others never stand in the way on one machine.</summary>
    public static ValueList<ResourceUnit> WithGpus(GroupSpec group) => group.Units.Where(unit => unit.Resources.Gpus > 0 && unit.Count > 0).ToValueList();

    /// <returns>Null, or what is wrong with the books.</returns>
    public string? Take(OrderId owner, ValueList<GpuPick> picks)
    {
        string? fault = null;
        foreach (var pick in picks)
        {
            if (!_owners.TryAdd(pick.Uuid, owner)) fault ??= $"{pick.Uuid} was given to {owner} although {_owners[pick.Uuid]} has it";
        }

        Owners = _owners.ToFrozenDictionary();
        return fault;
    }

    /// <param name="owner">Who had them.</param>
    /// <param name="picks">The devices.</param>
    /// <param name="wereUsed">A tenant may have run on them: they are not sold before somebody has looked.</param>
    /// <returns>Null, or what is wrong with the books.</returns>
    public string? Give(OrderId owner, ValueList<GpuPick> picks, bool wereUsed)
    {
        string? fault = null;
        foreach (var pick in picks)
        {
            if (!_owners.Remove(pick.Uuid, out var had) || had != owner) fault ??= $"{owner} gave {pick.Uuid} back although it did not have it";
            if (!wereUsed) continue;
            _returned.Add(pick.Uuid);
            if (_facts.TryGetValue(pick.Uuid, out var fact) && fact.Condition == GpuCondition.Healthy)
                _facts[pick.Uuid] = fact with { Condition = GpuCondition.Resting, Reason = JustReturned };
        }

        Owners = _owners.ToFrozenDictionary();
        return fault;
    }

    /// <summary>Compares who has what with what the reservations say.</summary>
    /// <returns>Null, or what is wrong with the books.</returns>
    public string? Audit(IEnumerable<Reservation> reservations)
    {
        var should = new Dictionary<string, OrderId>(StringComparer.Ordinal);
        foreach (var reservation in reservations)
        {
            foreach (var pick in reservation.Allocation.Gpus)
            {
                if (!should.TryAdd(pick.Uuid, reservation.Owner)) return $"{pick.Uuid} is with {should[pick.Uuid]} and with {reservation.Owner}";
            }
        }

        return should.Count == _owners.Count && should.All(entry => _owners.TryGetValue(entry.Key, out var owner) && owner == entry.Value)
            ? null
            : "the owners of the GPUs differ from what the reservations say";
    }

    public ImmutableArray<GpuStatus> Statuses(ImmutableDictionary<OrderId, Reservation> reservations)
    {
        var statuses = ImmutableArray.CreateBuilder<GpuStatus>(_facts.Count);
        foreach (var fact in _facts.Values)
        {
            OrderId? owner = _owners.TryGetValue(fact.Card.Uuid, out var order) ? order : null;
            statuses.Add(new(fact.Card, fact.Condition, fact.Reason, owner, owner is not null && reservations.TryGetValue(order, out var held) && held.IsAssigned));
        }

        return statuses.ToImmutable();
    }

    private bool IsForSale(GpuFact fact) => Problem is null && fact.Condition == GpuCondition.Healthy && fact.Card.Model is not null && !_owners.ContainsKey(fact.Card.Uuid);
}
