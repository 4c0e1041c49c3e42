using ProviderAgent.Marketplace;

namespace ProviderAgent.Inventory;

/// <summary>What this host has, as measured. Nothing is taken off yet.</summary>
/// <param name="Cpu">Processor time that every process of this host together can get.</param>
/// <param name="CpuModel">For people, for example <c>AMD EPYC 9354</c>; never empty.</param>
/// <param name="Memory">Usable memory.</param>
/// <param name="DataFolder">Folder whose file system was measured.</param>
/// <param name="DiskTotal">Size of that file system.</param>
/// <param name="DiskFree">What an ordinary process could still write to it.</param>
/// <param name="Limits">What makes less available than the machine has, one line each, for people.</param>
/// <param name="MeasuredAt">Wall time of the measurement.</param>
public sealed record HostResources(
    MilliCpu Cpu,
    string CpuModel,
    ByteSize Memory,
    string DataFolder,
    ByteSize DiskTotal,
    ByteSize DiskFree,
    ValueList<string> Limits,
    DateTimeOffset MeasuredAt)
{
    /// <summary>How the disk stands.</summary>
    public StorageTerms Storage { get; init; } = StorageTerms.Open;

    /// <summary>What else is known of the host; null when it was not looked at.</summary>
    public HostDetails? Details { get; init; }
}
