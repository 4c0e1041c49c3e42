using Microsoft.Extensions.Options;

namespace ProviderAgent.Inventory;

/// <summary>Measures this machine once, for reckoning with it where no daemon runs.</summary>
public static class HostSize
{
    /// <summary>What of this machine could be sold now, without its GPUs: finding those takes the daemon's probe.</summary>
    /// <param name="options">What is kept, and how often the rest is sold.</param>
    /// <param name="engineFolder">Folder of the engine's data; where it does not exist yet, the disk on which it would be made.</param>
    /// <param name="time">Wall clock, for what is kept at some hours.</param>
    /// <exception cref="HostProbeException">Something could not be read or makes no sense.</exception>
    public static InventorySnapshot Measure(InventoryOptions options, string engineFolder, TimeProvider time)
    {
        var probe = new HostProbe(new HostFiles(root: ""), () => Existing(engineFolder), DiskSpace.Of, new Fixed(options), time);
        var sellable = Sellable.Of(probe.Measure(), options, time.GetUtcNow());
        return InventorySnapshot.OfSize(sellable.Cpu.Value, sellable.Memory.Bytes, sellable.Storage.Bytes, [], options.StorageClasses.Ram);
    }

    private static string Existing(string folder)
    {
        var at = Path.GetFullPath(folder);
        while (!Directory.Exists(at) && Path.GetDirectoryName(at) is { } parent) at = parent;
        return at;
    }

    private sealed class Fixed(InventoryOptions value) : IOptionsMonitor<InventoryOptions>
    {
        public InventoryOptions CurrentValue => value;

        public InventoryOptions Get(string? name) => value;

        public IDisposable? OnChange(Action<InventoryOptions, string?> listener) => null;
    }
}
