using System.Globalization;
using ProviderAgent.Marketplace;
using ProviderAgent.Operator.Views;

namespace ProviderAgent.Cli.Verbs;

/// <summary>The inventory as text for people.</summary>
internal static class InventoryText
{
    public static void Write(TextWriter output, InventoryView view)
    {
        if (view.Problem is not null) output.WriteLine($"! nothing is for sale: {view.Problem}");
        output.WriteLine($"{view.Cpu.Model}, {view.Cpu.Threads} threads{(view.Cpu.Smt == true ? " (SMT)" : "")}, {view.Cpu.Architecture}, kernel {view.Cpu.Kernel}");
        if (view.Engine is { } engine)
            output.WriteLine($"engine {engine.Version}, {engine.StorageDriver}, cgroup v{engine.CgroupVersion} ({engine.CgroupDriver}), runtime {engine.DefaultRuntime}{(engine.LiveRestore ? "" : ", no live-restore")}");
        foreach (var limit in view.Cpu.Limits) output.WriteLine($"  {limit}");
        var table = new TextTable("RESOURCE", "THERE", "FOR SALE", "RESERVED", "LEASED", "FREE");
        table.Add("cpu", Threads(view.Cpu.CapacityMillicpu), Threads(view.Cpu.TotalMillicpu), Threads(view.Cpu.ReservedMillicpu), Threads(view.Cpu.LeasedMillicpu), Threads(view.Cpu.FreeMillicpu));
        table.Add("memory", Size(view.Memory.CapacityBytes), Size(view.Memory.TotalBytes), Size(view.Memory.ReservedBytes), Size(view.Memory.LeasedBytes), Size(view.Memory.FreeBytes));
        foreach (var row in view.Storage)
            table.Add(row.TotalBytes is null ? $"{row.Class} {row.Name}" : row.Class, Size(row.CapacityBytes), Size(row.TotalBytes), Size(row.ReservedBytes), Size(row.LeasedBytes), Size(row.FreeBytes));
        var models = view.Gpus.GroupBy(gpu => gpu.Model ?? gpu.Name).OrderBy(model => model.Key, StringComparer.Ordinal);
        foreach (var model in models)
            table.Add($"gpu {model.Key}", Number(model.Count()), Number(Count(model, "for_sale", "reserved", "leased")), Number(Count(model, "reserved")), Number(Count(model, "leased")), Number(Count(model, "for_sale")));
        table.WriteTo(output);
        if (view.Network.Count > 0)
            output.WriteLine("network " + string.Join(", ", view.Network.Select(one => $"{one.Name} {(one.Up ? one.MegabitsPerSecond is { } speed ? $"{Number(speed)} Mbit/s" : "up" : "down")}")));
        if (view.Gpus.Count == 0) return;
        output.WriteLine();
        if (view.GpuProblem is not null) output.WriteLine($"! no GPU is sold: {view.GpuProblem}");
        Gpus(output, view.Gpus);
    }

    public static void One(TextWriter output, GpuView view)
    {
        if (view.Gpu is { } gpu) Gpus(output, [gpu]);
    }

    public static void Tests(TextWriter output, GpuTestView view)
    {
        if (view.Tests.Count == 0) output.WriteLine("no GPU that could be tested");
        foreach (var test in view.Tests)
        {
            output.WriteLine($"{test.Uuid}  {test.Outcome} in {test.Milliseconds.ToString("0", CultureInfo.InvariantCulture)} ms over {Size(test.TestedBytes)}: {test.Detail}");
            foreach (var (stage, milliseconds) in test.Stages) output.WriteLine($"  {stage,-20} {milliseconds.ToString("0.0", CultureInfo.InvariantCulture)} ms");
        }
    }

    private static void Gpus(TextWriter output, IReadOnlyList<GpuRow> gpus)
    {
        var table = new TextTable("GPU", "MODEL", "MEMORY", "INTERFACE", "PCI", "STATE", "WHY");
        foreach (var gpu in gpus)
            table.Add(gpu.Uuid, gpu.Model ?? gpu.Name, Size(gpu.MemoryBytes), gpu.Interface ?? "-", gpu.Pci, gpu.State, string.Join("; ", new[] { gpu.Lease, gpu.Reason }.OfType<string>()));
        table.WriteTo(output);
    }

    private static int Count(IEnumerable<GpuRow> gpus, params string[] states) => gpus.Count(gpu => states.Contains(gpu.State));

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Threads(long milli) => (milli / 1000m).ToString("0.##", CultureInfo.InvariantCulture);

    private static string Size(long? bytes) => bytes is { } size ? new ByteSize(size).ToString() : "";
}
