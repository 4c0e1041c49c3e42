using ProviderAgent.Marketplace;

namespace ProviderAgent.Inventory.Tests.Placement;

public sealed class GroupPlacerTests
{
    private const long Gib = ByteSize.GiB;

    // The two machines of the vectors in the lifecycle notes (C.2).
    private static readonly NodeStock A = Node("A", 4000, 8 * Gib);
    private static readonly NodeStock B = Node("B", 4000, 8 * Gib, GpuOrders.Rtx4090, GpuOrders.Rtx4090);

    [Fact]
    public void Place_TwoBigReplicas_GoOneToEachMachine()
    {
        var placed = Place([A, B], Groups.Unit(count: 2, milli: 3000, memory: 4 * Gib));

        Assert.Equal([0, 1], placed.Replicas.Select(replica => replica.Node).Order());
    }

    [Fact]
    public void Place_ThreeBigReplicas_DoNotFit()
    {
        var placed = Place([A, B], Groups.Unit(count: 3, milli: 3000, memory: 4 * Gib));

        Assert.Equal((false, true), (placed.Fits, placed.WasExhaustive));
    }

    [Fact]
    public void Place_UnitWithAndUnitWithoutGpu_LeaveTheGpuMachineToWhoNeedsIt()
    {
        var placed = Place([A, B], Groups.Unit(milli: 3000, memory: 4 * Gib), GpuOrders.Unit(1, id: 2, milli: 3000, memory: 4 * Gib));

        Assert.Equal([0, 1], placed.Replicas.Select(replica => replica.Node));
    }

    [Fact]
    public void Place_ThreeOfTwoCards_DoNotFit() => Assert.False(Place([A, B], GpuOrders.Unit(1, count: 3, wishes: "rtx4090/ram/24Gi")).Fits);

    [Fact]
    public void Place_AnyModelTwice_GoesToTheOnlyMachineAndNamesTheModel()
    {
        var placed = Place([A, B], GpuOrders.Unit(1, count: 2, milli: 1000, wishes: "*"));

        Assert.All(placed.Replicas, replica => Assert.Equal(1, replica.Node));
        Assert.Equal(GpuOrders.Rtx4090, Assert.Single(placed.Models));
        Assert.Equal(2, placed.Replicas.SelectMany(replica => replica.Gpus).Distinct().Count());
    }

    [Fact]
    public void Place_GpuUnitLeavesTooLittleForTheOther_DoesNotFit() => Assert.False(Place([B], Groups.Unit(milli: 2000), GpuOrders.Unit(1, id: 2, milli: 3000)).Fits);

    [Fact]
    public void Place_RamVolumeCountsAsMemory_DoesNotFit() => Assert.False(Place([A], Groups.Unit(memory: 4 * Gib).With(Groups.Ram(6 * Gib))).Fits);

    [Trait(Pain.Trait, Pain.MixedGpus)]
    [Fact]
    public void Place_TwoModelsOneFreeEach_NeverPromisesTwoOfOne()
    {
        var mixed = Node("M", 8000, 32 * Gib, GpuOrders.Rtx4090, GpuOrders.H100);

        Assert.False(Place([mixed], GpuOrders.Unit(1, count: 2, wishes: "*")).Fits);
        Assert.True(Place([mixed], GpuOrders.Unit(1, wishes: "*"), GpuOrders.Unit(1, id: 2, wishes: "h100")).Fits);
    }

    [Fact]
    public void Place_SeveralWishes_AnyOfThemWillDo()
    {
        var placed = Place([B], GpuOrders.Unit(1, wishes: ["h100", "rtx4090/interface/pcie"]));

        Assert.Equal(GpuOrders.Rtx4090, placed.Models[0]);
    }

    [Fact]
    public void Place_NeedsBacktracking_FindsTheWay()
    {
        // The tightest machine for the first unit is the only one for the second.
        var placed = Place(
            [Node("small", 3000, 8 * Gib), Node("large", 4000, 4 * Gib)],
            Groups.Unit(milli: 3000, memory: 2 * Gib),
            Groups.Unit(milli: 2900, memory: 6 * Gib, id: 2));

        Assert.Equal([1, 0], placed.Replicas.Select(replica => replica.Node));
    }

    [Fact]
    public void Place_Bound_IsKept()
    {
        var nodes = Enumerable.Range(0, 12).Select(i => Node($"n{i}", 1000 + i, (100 - i) * Gib)).ToArray();
        var units = Enumerable.Range(1, 12).Select(i => Groups.Unit(milli: 1006, memory: Gib, id: (uint)i)).ToArray();

        var placed = GroupPlacer.Place(units.ToValueList(), nodes, bound: 50);

        Assert.Equal((false, false), (placed.Fits, placed.WasExhaustive));
    }

    /// <summary>On small random cases: a fit is found exactly when trying everything finds one, and it never takes what is not there.</summary>
    [Trait(Pain.Trait, Pain.FalselyFull)]
    [Fact]
    public void Place_AgainstTryingEverything_NeverMissesAFit()
    {
        var chance = new Chance(20260829);
        var (fits, misfits) = (0, 0);
        for (var round = 0; round < 6000; round++)
        {
            var nodes = Enumerable.Range(0, chance.Next(1, 3)).Select(i => Node(
                $"n{i}", chance.Next(1, 6) * 1000, chance.Next(1, 6) * Gib, [.. Enumerable.Range(0, chance.Next(0, 4)).Select(_ => chance.Next(0, 1) == 0 ? GpuOrders.Rtx4090 : GpuOrders.H100)])).ToArray();
            var units = Enumerable.Range(1, chance.Next(1, 3)).Select(i => GpuOrders.Unit(
                chance.Next(0, 3) / 2, chance.Next(1, 2), (uint)i, chance.Next(1, 3) * 1000, chance.Next(1, 3) * Gib, chance.Next(0, 2) switch { 0 => ["*"], 1 => ["rtx4090"], _ => ["h100/ram/80Gi"] })).ToArray();

            var placed = GroupPlacer.Place(units.ToValueList(), nodes, bound: 1_000_000);

            Assert.True(placed.Fits || placed.WasExhaustive);
            Assert.Equal(Exhaustive(units, nodes), placed.Fits);
            if (placed.Fits) Verify(placed, units, nodes);
            (fits, misfits) = placed.Fits ? (fits + 1, misfits) : (fits, misfits + 1);
        }

        Assert.True(fits > 1000 && misfits > 1000, $"{fits} fits, {misfits} misfits: the cases say little");
    }

    private static PlacementResult Place(NodeStock[] nodes, params ResourceUnit[] units) => GroupPlacer.Place(units.ToValueList(), nodes);

    private static NodeStock Node(string name, long milli, long memory, params GpuModel[] gpus) =>
        new(name, milli, memory, 1000 * Gib, [.. gpus.Select((model, i) => new FreeGpu($"{name}-{i}", model))], GpuTopology.None);

    private static void Verify(PlacementResult placed, ResourceUnit[] units, NodeStock[] nodes)
    {
        Assert.Equal(units.Sum(unit => unit.Count), placed.Replicas.Length);
        for (var node = 0; node < nodes.Length; node++)
        {
            var here = placed.Replicas.Where(replica => replica.Node == node).ToArray();
            Assert.True(here.Sum(replica => units[replica.Unit].Resources.Cpu.Value) <= nodes[node].MilliCpu);
            Assert.True(here.Sum(replica => units[replica.Unit].Resources.Memory.Bytes) <= nodes[node].MemoryBytes);
            var uuids = here.SelectMany(replica => replica.Gpus).ToArray();
            Assert.Equal(uuids.Length, uuids.Distinct().Count());
            foreach (var replica in here)
            {
                Assert.Equal(units[replica.Unit].Resources.Gpus, replica.Gpus.Length);
                Assert.All(replica.Gpus, uuid => Assert.Equal(placed.Models[replica.Unit], nodes[node].Gpus.Single(gpu => gpu.Uuid == uuid).Model));
            }
        }
    }

    /// <summary>Each replica to each machine, each unit as each model.</summary>
    private static bool Exhaustive(ResourceUnit[] units, NodeStock[] nodes)
    {
        GpuModel[] models = [GpuOrders.Rtx4090, GpuOrders.H100];
        return Assign(0, []);

        bool Assign(int unit, List<GpuModel?> chosen)
        {
            if (unit == units.Length)
            {
                var replicas = units.SelectMany((one, at) => Enumerable.Repeat(at, one.Count)).ToArray();
                return Go(0, replicas, chosen, nodes.Select(node => (node.MilliCpu, node.MemoryBytes, models.Select(model => node.Gpus.Count(gpu => gpu.Model == model)).ToArray())).ToArray());
            }

            if (units[unit].Resources.Gpus == 0) return Assign(unit + 1, [.. chosen, null]);
            var wish = units[unit].Resources.GpuAttributes[0].Key;
            return models.Where(model => wish.Contains('*', StringComparison.Ordinal) || wish.Contains(model.Name, StringComparison.Ordinal)).Any(model => Assign(unit + 1, [.. chosen, model]));
        }

        bool Go(int at, int[] replicas, List<GpuModel?> chosen, (long Milli, long Memory, int[] Gpus)[] free)
        {
            if (at == replicas.Length) return true;
            var needs = units[replicas[at]].Resources;
            var model = chosen[replicas[at]] is { } picked ? Array.IndexOf(models, picked) : -1;
            for (var node = 0; node < free.Length; node++)
            {
                var (milli, memory, gpus) = free[node];
                if (milli < needs.Cpu.Value || memory < needs.Memory.Bytes || (model >= 0 && gpus[model] < needs.Gpus)) continue;
                var next = free.ToArray();
                next[node] = (milli - needs.Cpu.Value, memory - needs.Memory.Bytes, [.. gpus.Select((count, i) => i == model ? count - needs.Gpus : count)]);
                if (Go(at + 1, replicas, chosen, next)) return true;
            }

            return false;
        }
    }

    /// <summary>A fixed sequence, so that a failure comes again.</summary>
    private sealed class Chance(ulong state)
    {
        private ulong _state = state;

        public int Next(int from, int to)
        {
            _state = _state * 6364136223846793005 + 1442695040888963407;
            return from + (int)((_state >> 33) % (ulong)(to - from + 1));
        }
    }
}
