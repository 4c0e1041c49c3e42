using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Workloads;

/// <summary>Host names as the ingress uses them: checked where they are used, whoever checked them before.</summary>
internal static class HostName
{
    /// <summary>Longest host name, in characters (RFC 1123).</summary>
    public const int MaxLength = 253;

    private const int MaxLabel = 63; // RFC 1035
    private const string Base32Hex = "0123456789abcdefghijklmnopqrstuv";

    // The namespace for names of the DNS in RFC 4122.
    private static readonly Guid DnsNamespace = new("6ba7b810-9dad-11d1-80b4-00c04fd430c8");

    /// <summary>Lower-case letters, digits and hyphens in labels of at most 63 characters: nothing that has a meaning in a configuration file.</summary>
    public static bool IsSafe(ReadOnlySpan<char> name)
    {
        if (name.Length is 0 or > MaxLength) return false;
        foreach (var part in name.Split('.'))
        {
            var label = name[part];
            if (label.Length is 0 or > MaxLabel || label[0] == '-' || label[^1] == '-') return false;
            foreach (var letter in label)
            {
                if (!char.IsAsciiLetterLower(letter) && !char.IsAsciiDigit(letter) && letter != '-') return false;
            }
        }

        return true;
    }

    /// <summary>The name that a web service has by itself: 26 characters that follow from lease and service, in front of the provider's ingress domain.</summary>
    public static string Generated(LeaseId lease, string service, string domain) => $"{Label(lease, service)}.{domain}";

    /// <summary>Version 5 UUID of lease and service, in base32hex without padding.</summary>
    public static string Label(LeaseId lease, string service)
    {
        var name = Encoding.UTF8.GetBytes(lease + service);
        var input = new byte[16 + name.Length];
        DnsNamespace.TryWriteBytes(input, bigEndian: true, out _);
        name.CopyTo(input, 16);
#pragma warning disable CA5350 // Version 5 UUIDs are defined by SHA-1; nothing rests on its strength.
        var uuid = SHA1.HashData(input).AsSpan(0, 16);
#pragma warning restore CA5350
        uuid[6] = (byte)((uuid[6] & 0x0F) | 0x50);
        uuid[8] = (byte)((uuid[8] & 0x3F) | 0x80);
        return Base32(BinaryPrimitives.ReadUInt128BigEndian(uuid));
    }

    // 128 bits are 25 digits of 5 bits and one of 3, which is filled up at its end.
    private static string Base32(UInt128 value) => string.Create(26, value, static (text, value) =>
    {
        text[25] = Base32Hex[(int)(value & 7) << 2];
        value >>= 3;
        for (var i = 24; i >= 0; i--)
        {
            text[i] = Base32Hex[(int)(value & 31)];
            value >>= 5;
        }
    });
}

/// <summary>Domains below which generated host names can stand.</summary>
public static class IngressDomains
{
    private const int GeneratedPart = 27; // 26 characters and a dot

    /// <summary>Whether the names below it are host names.</summary>
    public static bool IsUsable(string domain) => domain.Length <= HostName.MaxLength - GeneratedPart && HostName.IsSafe(domain);
}
