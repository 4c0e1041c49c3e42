using ProviderAgent.Marketplace;

namespace ProviderAgent.Inventory;

/// <summary>What is good to know of a host beside how much it has. Nothing here decides what is sold; what cannot be read is left out.</summary>
/// <param name="CpuVendor">As the processor says, for example <c>AuthenticAMD</c>; empty when it does not.</param>
/// <param name="Architecture">For example <c>x64</c>.</param>
/// <param name="Threads">Hardware threads that are online.</param>
/// <param name="Smt">Two threads or more share a core; null when that is not told.</param>
/// <param name="Kernel">Its release.</param>
/// <param name="NumaNodes">Memory by distance group; one entry on most machines.</param>
/// <param name="Disks">Whole disks.</param>
/// <param name="Interfaces">Network interfaces that belong to hardware.</param>
public sealed record HostDetails(
    string CpuVendor, string Architecture, int Threads, bool? Smt, string Kernel, ValueList<NumaNode> NumaNodes, ValueList<DiskDevice> Disks, ValueList<NetworkDevice> Interfaces);

/// <param name="Number">The kernel's number.</param>
/// <param name="Memory">Memory of this group.</param>
public sealed record NumaNode(int Number, ByteSize Memory);

/// <param name="Name">The kernel's name, for example <c>nvme0n1</c>.</param>
/// <param name="Class"><c>hdd</c>, <c>ssd</c> or <c>nvme</c>.</param>
/// <param name="Size">Its size.</param>
/// <param name="Model">For people; empty when it does not say.</param>
public sealed record DiskDevice(string Name, string Class, ByteSize Size, string Model);

/// <param name="Name">The kernel's name, for example <c>eno1</c>.</param>
/// <param name="IsUp">It has a link.</param>
/// <param name="MegabitsPerSecond">Speed of the link; null when not known.</param>
public sealed record NetworkDevice(string Name, bool IsUp, int? MegabitsPerSecond);
