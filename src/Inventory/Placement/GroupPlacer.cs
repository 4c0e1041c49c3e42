using System.Collections.Immutable;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Inventory;

/// <summary>Finds a machine for each replica of a group: best fit first, then every other way within a bound. Pure.</summary>
/// <remarks>
/// The hardest unit goes first, onto the machine that it fits most tightly; replicas of a unit are equal, so only how many of them go
/// where is tried, and of machines that stand alike only one. All replicas of a unit get the same model of GPU, as the market demands.
/// </remarks>
internal sealed class GroupPlacer
{
    /// <summary>Ways looked at before giving up. A group that fits at all is nearly always found within the first hundred.</summary>
    public const int DefaultBound = 2_000;

    private readonly IReadOnlyList<NodeStock> _nodes;
    private readonly UnitDemand[] _units;
    private readonly GpuModel[] _models;
    private readonly NodeState[] _states;
    private readonly int[][] _counts;
    private readonly int[] _modelOf;
    private int _left;
    private bool _hasFailed;

    private GroupPlacer(ValueList<ResourceUnit> units, IReadOnlyList<NodeStock> nodes, int bound)
    {
        _nodes = nodes;
        _left = bound;
        _models = [.. nodes.SelectMany(node => node.Gpus).Select(gpu => gpu.Model).Distinct()];
        _states = [.. nodes.Select(node => new NodeState(node, _models))];
        _units = [.. units.Select((unit, position) => new UnitDemand(position, unit, _models)).OrderByDescending(unit => unit.Hardness(TotalMilli(nodes), TotalMemory(nodes)))];
        _counts = [.. _units.Select(_ => new int[nodes.Count])];
        _modelOf = new int[_units.Length];
    }

    /// <param name="units">What is asked for; positive amounts.</param>
    /// <param name="nodes">The machines.</param>
    /// <param name="bound">How many ways are looked at.</param>
    public static PlacementResult Place(ValueList<ResourceUnit> units, IReadOnlyList<NodeStock> nodes, int bound = DefaultBound)
    {
        var placer = new GroupPlacer(units, nodes, bound);
        return units.Count > 0 && placer.HaveRoom(0) && placer.PlaceUnit(0) ? placer.Result(units.Count) : new([], [], placer._left > 0);
    }

    private static decimal TotalMilli(IReadOnlyList<NodeStock> nodes) => Math.Max(1m, nodes.Sum(node => (decimal)node.MilliCpu));

    private static decimal TotalMemory(IReadOnlyList<NodeStock> nodes) => Math.Max(1m, nodes.Sum(node => (decimal)node.MemoryBytes));

    private bool PlaceUnit(int at)
    {
        if (at == _units.Length) return true;

        // Looking ahead costs more than it saves until a way has failed; from then on it ends the hopeless ones early.
        if (_hasFailed && !HaveRoom(at)) return false;
        var unit = _units[at];
        if (unit.Gpus == 0)
        {
            _modelOf[at] = -1;
            return PlaceAs(at, -1);
        }

        // The model that is left with the fewest goes first, so that big sets of another one stay whole.
        foreach (var model in unit.Models.OrderBy(model => _states.Sum(state => state.Gpus[model])))
        {
            _modelOf[at] = model;
            if (PlaceAs(at, model)) return true;
            if (_left <= 0) return false;
        }

        return false;
    }

    /// <summary>False when one of the units from <paramref name="from"/> on would not find room even if it were alone.</summary>
    private bool HaveRoom(int from)
    {
        for (var at = from; at < _units.Length; at++)
        {
            var unit = _units[at];
            if (unit.Gpus == 0 ? !HasRoom(unit, -1) : !Array.Exists(unit.Models, model => HasRoom(unit, model))) return false;
        }

        return true;
    }

    private bool HasRoom(UnitDemand unit, int model)
    {
        long room = 0;
        foreach (var state in _states)
        {
            room += state.MostOf(unit, model);
            if (room >= unit.Count) return true;
        }

        return false;
    }

    private bool PlaceAs(int at, int model)
    {
        var unit = _units[at];
        if (!HasRoom(unit, model)) return Failed();
        var order = new List<int>(_states.Length);
        for (var node = 0; node < _states.Length; node++)
        {
            if (_states[node].MostOf(unit, model) > 0) order.Add(node);
        }

        var tightest = order.ToArray();
        Array.Sort(Array.ConvertAll(tightest, node => (_states[node].Tightness(unit, model), node)), tightest);

        // What the machines from each one on could take; those not yet come to stand as they do now whenever it is looked at.
        var room = new long[tightest.Length + 1];
        for (var i = tightest.Length - 1; i >= 0; i--) room[i] = room[i + 1] + _states[tightest[i]].MostOf(unit, model);
        return Spread(at, model, tightest, room, 0, unit.Count) || Failed();
    }

    private bool Failed()
    {
        _hasFailed = true;
        return false;
    }

    /// <summary>Puts the remaining replicas of a unit onto the machines from <paramref name="from"/> on.</summary>
    private bool Spread(int at, int model, int[] order, long[] room, int from, int remaining)
    {
        if (remaining == 0) return PlaceUnit(at + 1);
        if (--_left <= 0 || from == order.Length || room[from] < remaining) return false;
        var unit = _units[at];
        var node = order[from];
        var most = Math.Min(remaining, _states[node].MostOf(unit, model));

        // A machine that stood as the one before must not take more than that one: the mirror image was tried already.
        if (from > 0 && _states[order[from - 1]].StoodAlike(_states[node], unit, model, _counts[at][order[from - 1]])) most = Math.Min(most, _counts[at][order[from - 1]]);
        for (var count = most; count >= 0; count--)
        {
            _states[node].Take(unit, model, count);
            _counts[at][node] = count;
            if (Spread(at, model, order, room, from + 1, remaining - count)) return true;
            _states[node].Take(unit, model, -count);
            _counts[at][node] = 0;
            if (_left <= 0) return false;
        }

        return false;
    }

    private PlacementResult Result(int units)
    {
        var free = _nodes.Select(node => node.Gpus.ToList()).ToArray();
        var replicas = new List<PlacedReplica>();
        var models = new GpuModel?[units];

        // The largest sets are picked first, while there is most to choose from.
        foreach (var at in Enumerable.Range(0, _units.Length).OrderByDescending(at => _units[at].Gpus))
        {
            var model = _modelOf[at] < 0 ? null : _models[_modelOf[at]];
            models[_units[at].Position] = model;
            var number = 0;
            for (var node = 0; node < _nodes.Count; node++)
            {
                for (var i = 0; i < _counts[at][node]; i++)
                {
                    string[] picked = [];
                    if (model is not null)
                    {
                        picked = _nodes[node].Topology.Pick([.. free[node].Where(gpu => gpu.Model == model).Select(gpu => gpu.Uuid)], _units[at].Gpus);
                        free[node].RemoveAll(gpu => picked.Contains(gpu.Uuid));
                    }

                    replicas.Add(new(_units[at].Position, number++, node, [.. picked]));
                }
            }
        }

        return new([.. replicas.OrderBy(replica => replica.Unit).ThenBy(replica => replica.Replica)], [.. models], WasExhaustive: true);
    }
}
