using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Workloads;

/// <summary>Names of tenants' disks. Each becomes a part of a path in a process that is root, so all of them are checked there once more.</summary>
public static partial class DiskNames
{
    /// <summary>Smallest file system that is made.</summary>
    public const long MinBytes = 4 * ByteSize.MiB;

    /// <summary>Largest file system that is made.</summary>
    public const long MaxBytes = 64 * ByteSize.TiB;

    /// <summary>Most scratch folders of one container.</summary>
    public const int MaxScratch = 64;

    private const int SpaceDigits = 16;
    private const int LayerDigits = 16;

    /// <summary>A provider's part of the folder: several can share one host, and none touches another's.</summary>
    public static string Space(AccountAddress provider) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(provider.Value)))[..SpaceDigits];

    /// <summary>A name that no layer has had before.</summary>
    public static string NewLayer() => RandomNumberGenerator.GetHexString(LayerDigits, lowercase: true);

    public static bool IsSpace(string? text) => text is not null && Hex16().IsMatch(text);

    /// <summary>The name of a volume as <see cref="WorkloadNames.Volume"/> makes it.</summary>
    public static bool IsVolume(string? text) => text is not null && Volume().IsMatch(text);

    public static bool IsLayer(string? text) => text is not null && Hex16().IsMatch(text);

    /// <summary>The name of a volume that was set aside: the volume, a dot, and the moment in seconds.</summary>
    public static bool IsKept(string? text) => TryReadKept(text, out _);

    /// <summary>An id as the engine gives it to a layer.</summary>
    public static bool IsEngineLayer(string? text) => text is not null && EngineLayer().IsMatch(text);

    public static string Kept(string volume, DateTimeOffset since) => string.Create(CultureInfo.InvariantCulture, $"{volume}.{since.ToUnixTimeSeconds()}");

    public static bool TryReadKept(string? text, out DateTimeOffset since)
    {
        since = default;
        var dot = text?.LastIndexOf('.') ?? -1;
        if (dot < 0 || !IsVolume(text![..dot]) || text.Length - dot > 12 || !long.TryParse(text.AsSpan(dot + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)) return false;
        since = DateTimeOffset.FromUnixTimeSeconds(seconds);
        return true;
    }

    // \z, not $: the latter lets a line feed pass.
    [GeneratedRegex(@"\A[0-9a-f]{16}\z")]
    private static partial Regex Hex16();

    [GeneratedRegex(@"\Apa-[0-9a-f]{8}-[a-z0-9](?:[a-z0-9-]{0,78}[a-z0-9])?-[0-9a-f]{8}-[0-9]{1,4}\z")]
    private static partial Regex Volume();

    [GeneratedRegex(@"\A[0-9a-z]{20,80}\z")]
    private static partial Regex EngineLayer();
}
