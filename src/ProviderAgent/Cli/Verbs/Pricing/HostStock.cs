using System.CommandLine;
using System.Globalization;
using ProviderAgent.Config;
using ProviderAgent.Hosting;
using ProviderAgent.Inventory;
using ProviderAgent.Marketplace;
using ProviderAgent.Operator.Views;

namespace ProviderAgent.Cli.Verbs.Pricing;

/// <summary>The host that a replay or a dry run reckons with: what the running daemon says of this one, otherwise what the machine has. Options change single amounts.</summary>
internal sealed class HostStock(TimeProvider time)
{
    private const int MaxGpus = 1024;
    private const string EngineFolder = "/var/lib/docker";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly Option<string?> _cpu = new("--cpu") { Description = "Threads for sale, instead of what this host has", HelpName = "THREADS" };
    private readonly Option<string?> _memory = new("--memory") { Description = "Memory for sale, instead of what this host has", HelpName = "SIZE" };
    private readonly Option<string?> _storage = new("--storage") { Description = "Disk for sale, instead of what this host has", HelpName = "SIZE" };
    private readonly Option<string[]> _gpus = new("--gpus") { Description = "GPUs for sale, instead of what this host has, such as h100.80Gi.sxm=8; may be repeated, 'none' for none", HelpName = "MODEL.RAM.INTERFACE[=N]", DefaultValueFactory = _ => [] };

    public void AddTo(Command verb)
    {
        foreach (var option in new Option[] { _cpu, _memory, _storage, _gpus }) verb.Options.Add(option);
    }

    /// <summary>What there is, all of it free, and where that is from.</summary>
    public async Task<(InventorySnapshot Stock, string Source)> ReadAsync(ParseResult parsed, AgentOptions options, CancellationToken ct)
    {
        var (cpu, memory, storage) = (Amount<MilliCpu>(parsed, _cpu)?.Value, Amount<ByteSize>(parsed, _memory)?.Bytes, Amount<ByteSize>(parsed, _storage)?.Bytes);
        var gpus = Gpus(parsed.GetValue(_gpus) ?? []);
        if (cpu is { } threads && memory is { } bytes && storage is { } disk) return (InventorySnapshot.OfSize(threads, bytes, disk, gpus ?? [], options.Inventory.StorageClasses.Ram), "options");
        var (stock, source) = await FindAsync(options, ct);
        var isChanged = cpu is not null || memory is not null || storage is not null || gpus is not null;
        return (
            InventorySnapshot.OfSize(
                cpu ?? stock[ResourceKind.Cpu].Total,
                memory ?? stock[ResourceKind.Memory].Total,
                storage ?? stock[ResourceKind.Storage].Total,
                gpus ?? [.. stock.Gpus.Select(gpu => gpu.Card.Model).OfType<GpuModel>()],
                stock.SellsRam),
            isChanged ? $"{source}, changed by options" : source);
    }

    private async Task<(InventorySnapshot Stock, string Source)> FindAsync(AgentOptions options, CancellationToken ct)
    {
        try
        {
            using var daemon = new OperatorClient(options.Operator, Patience);
            return (Of(await daemon.GetAsync("/api/v1/inventory", OperatorJson.Default.InventoryView, ct), options), "the running daemon");
        }
        catch (ExitException)
        {
            // No daemon, or one that has not measured yet: the machine is looked at directly.
        }

        try
        {
            return (HostSize.Measure(options.Inventory, EngineFolder, time), "this machine, without GPUs: start the daemon or give --gpus to count them");
        }
        catch (HostProbeException error)
        {
            throw new ExitException(ExitCode.Failed, $"this machine cannot be measured ({error.Message}): give --cpu, --memory and --storage", error);
        }
    }

    private static InventorySnapshot Of(InventoryView view, AgentOptions options)
    {
        if (view.MeasuredAt is null) throw new ExitException(ExitCode.Failed, "the daemon has not measured the host yet");
        var models = view.Gpus.Where(gpu => gpu.State is "for_sale" or "reserved" or "leased" && gpu is { Model: not null, Interface: not null })
            .Select(gpu => new GpuModel(gpu.Model ?? "", Gibibytes(gpu.Ram), gpu.Interface ?? ""));
        return InventorySnapshot.OfSize(view.Cpu.TotalMillicpu, view.Memory.TotalBytes, view.Storage.Sum(line => line.TotalBytes ?? 0), [.. models], options.Inventory.StorageClasses.Ram);
    }

    private static List<GpuModel>? Gpus(string[] texts)
    {
        if (texts.Length == 0) return null;
        var models = new List<GpuModel>();
        foreach (var text in texts.Where(text => text != "none"))
        {
            var (key, count) = text.Split('=') is [var name, var number] ? (name, number) : (text, "1");
            var part = key.Split('.');
            var isKey = part.Length == 3 && part[0].Length > 0 && Gibibytes(part[1]) > 0 && (part[2] is "sxm" or "pcie");
            if (!isKey || !int.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out var devices) || devices < 1 || devices > MaxGpus - models.Count)
                throw new ExitException(ExitCode.Usage, $"--gpus: '{text}' is not a model with its memory, its interface (pcie or sxm) and a number, such as h100.80Gi.sxm=8 (at most {MaxGpus} in all)");
            models.AddRange(Enumerable.Repeat(new GpuModel(part[0], Gibibytes(part[1]), part[2]), devices));
        }

        return models;
    }

    private static int Gibibytes(string? ram) =>
        ram is not null && ram.EndsWith("Gi", StringComparison.Ordinal) && int.TryParse(ram.AsSpan()[..^2], NumberStyles.None, CultureInfo.InvariantCulture, out var gib) ? gib : 0;

    private static T? Amount<T>(ParseResult parsed, Option<string?> option)
        where T : struct
    {
        if (parsed.GetValue(option) is not { } text) return null;
        return ValueText.TryRead(typeof(T), text, out var value, out var expected) && value is T read ? read : throw new ExitException(ExitCode.Usage, $"{option.Name}: '{text}' is not {expected}");
    }
}
