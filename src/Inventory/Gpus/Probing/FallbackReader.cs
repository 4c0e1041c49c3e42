using System.Globalization;

namespace ProviderAgent.Inventory;

/// <summary>What can be told of GPUs while the vendor's library cannot be asked: from <c>/proc/driver/nvidia</c> and the PCI bus.</summary>
/// <remarks>Enough to show what is there and why it is not for sale. Nothing found this way is ever sold: health and memory are not known.</remarks>
internal sealed class FallbackReader(HostFiles files)
{
    private const string PciFolder = "/sys/bus/pci/devices";
    private const string ProcFolder = "/proc/driver/nvidia/gpus";
    private const uint Nvidia = 0x10DE;

    // VGA and 3D controllers; the rest of a card (sound, USB) has other classes.
    private static readonly string[] DisplayClasses = ["0x0300", "0x0302"];

    /// <summary>Fills in a sweep that the library did not answer.</summary>
    public GpuSweep Complete(GpuSweep sweep)
    {
        var version = ReadDriverVersion();
        var listed = ReadProc();
        var devices = ReadPci(listed);
        return devices.Count == 0
            ? sweep with { DriverVersion = version }
            : sweep with { Source = listed.Count > 0 ? "proc" : "pci", DriverVersion = version, Gpus = devices };
    }

    /// <summary>Version of the loaded kernel module; empty when none is.</summary>
    private string ReadDriverVersion()
    {
        var text = files.TryRead("/proc/driver/nvidia/version") ?? "";
        const string Marker = "Kernel Module";
        var at = text.IndexOf(Marker, StringComparison.Ordinal);
        if (at < 0) return "";
        return text[(at + Marker.Length)..].Split([' ', '\n', '\t'], StringSplitOptions.RemoveEmptyEntries)
            .FirstOrDefault(word => char.IsAsciiDigit(word[0]) && word.Contains('.', StringComparison.Ordinal)) ?? "";
    }

    private Dictionary<string, (string Name, string Uuid, uint? Minor)> ReadProc()
    {
        var found = new Dictionary<string, (string, string, uint?)>(StringComparer.OrdinalIgnoreCase);
        foreach (var folder in files.List(ProcFolder))
        {
            if (files.TryRead($"{ProcFolder}/{folder}/information") is not { } text) continue;
            var uuid = HostFiles.Field(text, "GPU UUID") ?? "";
            uint? minor = uint.TryParse(HostFiles.Field(text, "Device Minor"), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
            found[folder] = (HostFiles.Field(text, "Model") ?? "", uuid.StartsWith("GPU-", StringComparison.Ordinal) && !uuid.Contains('?', StringComparison.Ordinal) ? uuid : "", minor);
        }

        return found;
    }

    private List<GpuReading> ReadPci(Dictionary<string, (string Name, string Uuid, uint? Minor)> listed)
    {
        var devices = new List<GpuReading>();
        foreach (var address in files.List(PciFolder).Order(StringComparer.Ordinal))
        {
            var folder = $"{PciFolder}/{address}";
            if (Hex($"{folder}/vendor") != Nvidia) continue;
            var kind = files.TryRead($"{folder}/class")?.Trim() ?? "";
            if (!DisplayClasses.Any(known => kind.StartsWith(known, StringComparison.Ordinal))) continue;
            var known = listed.GetValueOrDefault(address);
            devices.Add(new()
            {
                Index = devices.Count,
                Uuid = known.Uuid ?? "",
                Name = known.Name ?? "",
                Minor = known.Minor,
                PciBusId = PciAddress.ForNvml(address),
                PciDeviceId = (Hex($"{folder}/device") << 16) | Nvidia,
                KernelDriver = files.LinkName($"{folder}/driver") ?? "none",
            });
        }

        return devices;
    }

    private uint Hex(string path) =>
        files.TryRead(path)?.Trim() is { Length: > 2 } text && uint.TryParse(text.AsSpan(2), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var value) ? value & 0xFFFF : 0;
}
