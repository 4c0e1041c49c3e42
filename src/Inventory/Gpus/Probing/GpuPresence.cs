namespace ProviderAgent.Inventory;

/// <summary>Signs of an NVIDIA device or driver, from a few small files: a machine without any needs no probe.</summary>
internal sealed class GpuPresence(HostFiles files)
{
    private const string PciFolder = "/sys/bus/pci/devices";

    // The kernel module's, and the one of a Linux that runs beside another system.
    private static readonly (string Folder, string Name)[] Nodes = [("/dev", "nvidiactl"), ("/dev", "dxg"), ("/proc/driver", "nvidia")];

    public bool IsLikely() =>
        Nodes.Any(node => files.List(node.Folder).Contains(node.Name)) || files.List(PciFolder).Any(device => files.TryRead($"{PciFolder}/{device}/vendor")?.Trim() == "0x10de");
}
