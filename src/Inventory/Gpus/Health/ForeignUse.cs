using System.Globalization;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Inventory;

/// <summary>Finds out whether somebody other than a tenant uses a device that no lease has.</summary>
internal sealed class ForeignUse(HostFiles files, TenantProcess isTenant)
{
    // What a driver holds for itself on a large card, and a little more.
    private const long OwnShare = 1024 * ByteSize.MiB;

    /// <summary>Null when nobody does.</summary>
    /// <param name="reading">The device.</param>
    /// <param name="own">Our own processes that may use it.</param>
    public string? Find(GpuReading reading, IReadOnlySet<uint> own)
    {
        foreach (var process in reading.Processes ?? [])
        {
            if (own.Contains(process.Pid)) return null; // a test is under way: what it holds says nothing
        }

        foreach (var process in reading.Processes ?? [])
        {
            var name = files.TryRead(string.Create(CultureInfo.InvariantCulture, $"/proc/{process.Pid}/comm"))?.Trim();
            var who = string.IsNullOrEmpty(name) ? string.Create(CultureInfo.InvariantCulture, $"process {process.Pid}") : string.Create(CultureInfo.InvariantCulture, $"process {process.Pid} ({Printable(name)})");
            return isTenant(process.Pid) ? $"{who} of an ended lease still holds it" : $"in use by {who}, which is not a tenant's";
        }

        return reading.MemoryUsed is { } used && GpuHealthRules.AcceptedMemory(reading.MemoryTotal) > 0 && used > OwnShare && used <= reading.MemoryTotal
            ? $"{new ByteSize((long)used)} of its memory is in use although no process is seen"
            : null;
    }

    private static string Printable(string name) => new([.. name.Take(32).Select(letter => char.IsControl(letter) ? '?' : letter)]);
}
