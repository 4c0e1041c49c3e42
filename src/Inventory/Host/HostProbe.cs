using Microsoft.Extensions.Options;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Inventory;

/// <summary>Measures processors, memory and disk from <c>/proc</c>, <c>/sys</c> and the file system.</summary>
internal sealed class HostProbe(
    HostFiles files, EngineDataFolder engineFolder, Func<string, DiskSpace> disk, IOptionsMonitor<InventoryOptions> options, TimeProvider time) : IHostProbe
{
    public HostResources Measure()
    {
        var limits = new List<string>();
        var (cpu, model) = new CpuProbe(files).Read(limits);
        var memory = new MemoryProbe(files).Read(limits);
        var folder = Folder();
        var space = disk(folder);
        return new(cpu, model, memory, folder, space.Total, space.Free, limits.ToValueList(), time.GetUtcNow()) { Details = new HostDetailsProbe(files).Read() };
    }

    private string Folder() =>
        options.CurrentValue.DataFolder is { Length: > 0 } configured
            ? configured
            : engineFolder() ?? throw new HostProbeException("the engine has not said yet where it keeps its data: is it running?");
}
