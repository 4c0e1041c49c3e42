using System.Collections.Frozen;
using System.Globalization;
using System.Text.Json;

namespace ProviderAgent.Inventory;

/// <summary>Finds the market's name of a device: from the table, else derived from its product name.</summary>
internal sealed class GpuNames
{
    private const double Slack = 0.02;

    // Sizes that cards are sold with, in GiB.
    private static readonly int[] Sizes = [2, 3, 4, 5, 6, 8, 10, 11, 12, 16, 20, 24, 32, 40, 48, 64, 80, 94, 96, 141, 180, 192, 288];

    private static readonly string[] DroppedWords = ["nvidia", "geforce", "tesla", "quadro", "graphics"];

    private readonly FrozenDictionary<ushort, GpuModel> _table;

    private GpuNames(FrozenDictionary<ushort, GpuModel> table) => _table = table;

    /// <summary>The table that comes with this program; its origin is in <c>docs/guide/gpus.md</c>.</summary>
    public static GpuNames BuiltIn { get; } = Load();

    public int Count => _table.Count;

    /// <summary>The table's entry for a PCI device id; null when it has none.</summary>
    /// <param name="pciDeviceId">Device id in the upper half, vendor id in the lower, as the driver tells it.</param>
    public GpuModel? Find(uint pciDeviceId) => (pciDeviceId & 0xFFFF) == 0x10DE ? _table.GetValueOrDefault((ushort)(pciDeviceId >> 16)) : null;

    /// <summary>What a device that the table lacks would be called.</summary>
    /// <returns>Null when name or memory is not known, or no size fits.</returns>
    public static GpuModel? Derive(string productName, ulong memoryBytes) =>
        DeriveName(productName) is { Length: > 0 } name && SoldSize(memoryBytes) is { } size ? new(name, size, DeriveInterface(productName)) : null;

    /// <summary>Lower case, without the maker's words, letters and digits only.</summary>
    public static string DeriveName(string productName)
    {
        var words = productName.ToLowerInvariant().Split([' ', '-', '_', '\t'], StringSplitOptions.RemoveEmptyEntries).Where(word => !DroppedWords.Contains(word));
        var name = string.Concat(words.SelectMany(word => word).Where(char.IsAsciiLetterOrDigit));
        return name.Length <= 64 ? name : name[..64];
    }

    /// <summary><c>sxm</c> when the name says so or the board is one with NVSwitches, else <c>pcie</c>.</summary>
    public static string DeriveInterface(string productName) =>
        productName.Contains("SXM", StringComparison.OrdinalIgnoreCase) || productName.Contains("HGX", StringComparison.OrdinalIgnoreCase)
        || productName.Contains("NVSwitch", StringComparison.OrdinalIgnoreCase)
            ? "sxm"
            : "pcie";

    /// <summary>Published forms (<c>PCIe</c>, <c>SXM5</c>) as the market matches them.</summary>
    public static string NormaliseInterface(string published)
    {
        var lower = published.ToLowerInvariant();
        return lower.StartsWith("sxm", StringComparison.Ordinal) ? "sxm" : lower;
    }

    /// <summary>The size a card is sold as: what the driver reports, rounded up because error correction and the driver's own share are missing from it.</summary>
    /// <returns>Null when it is above every size known.</returns>
    public static int? SoldSize(ulong bytes)
    {
        if (bytes == 0 || bytes > 1UL << 50) return null;
        var gib = bytes / (double)(1UL << 30);
        foreach (var size in Sizes)
        {
            if (gib <= size * (1 + Slack)) return size;
        }

        return null;
    }

    private static GpuNames Load()
    {
        using var stream = typeof(GpuNames).Assembly.GetManifestResourceStream("gpus.json") ?? throw new InvalidOperationException("the table of GPUs is not in this build");
        using var document = JsonDocument.Parse(stream);
        var table = new Dictionary<ushort, GpuModel>();
        foreach (var row in document.RootElement.GetProperty("rows").EnumerateArray())
        {
            table.Add(
                ushort.Parse(row[0].GetString() ?? "", NumberStyles.HexNumber, CultureInfo.InvariantCulture),
                new(row[1].GetString() ?? "", row[3].GetInt32(), NormaliseInterface(row[2].GetString() ?? "")));
        }

        return new(table.ToFrozenDictionary());
    }
}
