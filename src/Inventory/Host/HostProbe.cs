using Microsoft.Extensions.Options;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Inventory;

/// <summary>Measures processors, memory and disk from <c>/proc</c>, <c>/sys</c> and the file system.</summary>
internal sealed class HostProbe(
    HostFiles files, EngineDataFolder engineFolder, Func<string, DiskSpace> disk, IOptionsMonitor<InventoryOptions> options, TimeProvider time, StorageTermsSource? terms = null) : IHostProbe
{
    public HostResources Measure()
    {
        var limits = new List<string>();
        var (cpu, model) = new CpuProbe(files).Read(limits);
        var memory = new MemoryProbe(files).Read(limits);
        var storage = terms?.Invoke() ?? StorageTerms.Open;
        var folder = Folder(storage);
        var space = disk(folder);
        return new(cpu, model, memory, folder, space.Total, space.Free, limits.ToValueList(), time.GetUtcNow()) { Details = new HostDetailsProbe(files).Read(), Storage = storage };
    }

    private string Folder(StorageTerms storage) =>
        options.CurrentValue.DataFolder is { Length: > 0 } configured
            ? configured
            : Existing(storage.Folder) ?? engineFolder() ?? throw new HostProbeException("the engine has not said yet where it keeps its data: is it running?");

    // Made by whoever makes the first disk; until then nothing lies there.
    private static string? Existing(string? folder) => Directory.Exists(folder) ? folder : null;
}
