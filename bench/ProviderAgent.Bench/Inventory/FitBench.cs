using ProviderAgent.Bench.Reporting;
using ProviderAgent.Inventory;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Bench.Inventory;

/// <summary>How long it takes to find a place for large orders on many machines, and to read what is free.</summary>
internal static class FitBench
{
    public const string Name = "fit";

    private const int Nodes = 100;
    private const int Units = 20;
    private const int Rounds = 2000;
    private const double TargetMs = 5;

    private static readonly GpuModel[] Models = [new("rtx4090", 24, "pcie"), new("h100", 80, "sxm"), new("a100", 80, "sxm")];

    public static BenchResult Run(TimeProvider time)
    {
        var chance = 20260829UL;
        var (fits, all) = (0, new List<double>(Rounds));
        List<double> fitting = [], refused = [];
        for (var round = -200; round < Rounds; round++)
        {
            var nodes = Enumerable.Range(0, Nodes).Select(Node).ToArray();
            var units = Enumerable.Range(1, Units).Select(Unit).ToValueList();
            var begun = time.GetTimestamp();
            var placed = GroupPlacer.Place(units, nodes);
            var took = time.GetElapsedTime(begun).TotalMilliseconds;
            if (round < 0) continue; // compiles what it uses
            all.Add(took);
            (placed.Fits ? fitting : refused).Add(took);
            fits += placed.Fits ? 1 : 0;
        }

        return new(Name, $"{Rounds} random orders of {Units} units on {Nodes} machines with 0 to 8 GPUs, {fits} of which fit",
        [
            new("place an order, p50", "ms", Percentiles.Median(all)),
            new("… p99", "ms", Percentiles.Of(all, 0.99), Target: TargetMs),
            new("… longest", "ms", all.Max()),
            .. fitting.Count > 0 ? [new Comparison("… p99 of those that fit", "ms", Percentiles.Of(fitting, 0.99))] : Array.Empty<Comparison>(),
            .. refused.Count > 0 ? [new Comparison("… p99 of those that do not", "ms", Percentiles.Of(refused, 0.99))] : Array.Empty<Comparison>(),
        ]);

        int Next(int from, int to)
        {
            chance = chance * 6364136223846793005 + 1442695040888963407;
            return from + (int)((chance >> 33) % (ulong)(to - from + 1));
        }

        NodeStock Node(int number)
        {
            var model = Models[Next(0, 2)];
            var gpus = Enumerable.Range(0, Next(0, 8)).Select(i => new FreeGpu($"{number}-{i}", model));
            return new($"n{number}", Next(4, 64) * 1000, Next(8, 512) * ByteSize.GiB, 1000 * ByteSize.GiB, [.. gpus], GpuTopology.None);
        }

        ResourceUnit Unit(int id)
        {
            var wish = Next(0, 3) switch { 0 => "*", var model => Models[model - 1].Name };
            return new(
                new Resources
                {
                    Id = (uint)id,
                    Cpu = new(Next(1, 32) * 1000),
                    Memory = new(Next(1, 128) * ByteSize.GiB),
                    Storage = [new("default", new(ByteSize.GiB), [])],
                    Gpus = Next(0, 2) == 0 ? Next(1, 8) : 0,
                    GpuAttributes = [new($"vendor/nvidia/model/{wish}", "true")],
                },
                Next(1, 8),
                Rate.PerTick(Decimal18.FromInteger(1), Denom.Parse("uact")));
        }
    }
}
