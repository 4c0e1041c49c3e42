using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace ProviderAgent.Workloads;

/// <summary>Who can reach an address.</summary>
public enum AddressKind
{
    /// <summary>The internet, as far as the address alone can tell.</summary>
    Public,

    /// <summary>One network at home, at work or in a laboratory (RFC 1918, RFC 4193; also ranges that are kept for examples and measurements, as some virtual machines have them).</summary>
    Private,

    /// <summary>An access provider's own network (RFC 6598): many customers share one public address.</summary>
    CarrierGrade,

    /// <summary>One cable or radio link.</summary>
    LinkLocal,

    /// <summary>This machine.</summary>
    Loopback,

    /// <summary>Nobody: unspecified, multicast, broadcast or kept for later.</summary>
    Unusable,
}

/// <summary>Tells kinds of addresses apart.</summary>
public static class AddressKinds
{
    private static readonly (IPNetwork Network, AddressKind Kind)[] Known =
    [
        (IPNetwork.Parse("0.0.0.0/8"), AddressKind.Unusable),
        (IPNetwork.Parse("10.0.0.0/8"), AddressKind.Private),
        (IPNetwork.Parse("100.64.0.0/10"), AddressKind.CarrierGrade),
        (IPNetwork.Parse("127.0.0.0/8"), AddressKind.Loopback),
        (IPNetwork.Parse("169.254.0.0/16"), AddressKind.LinkLocal),
        (IPNetwork.Parse("172.16.0.0/12"), AddressKind.Private),
        // What an access provider hands out that has no IPv4 of its own (DS-Lite, 464XLAT).
        (IPNetwork.Parse("192.0.0.0/24"), AddressKind.CarrierGrade),
        (IPNetwork.Parse("192.0.2.0/24"), AddressKind.Private),
        (IPNetwork.Parse("192.168.0.0/16"), AddressKind.Private),
        (IPNetwork.Parse("198.18.0.0/15"), AddressKind.Private),
        (IPNetwork.Parse("198.51.100.0/24"), AddressKind.Private),
        (IPNetwork.Parse("203.0.113.0/24"), AddressKind.Private),
        (IPNetwork.Parse("224.0.0.0/3"), AddressKind.Unusable),
        (IPNetwork.Parse("::/128"), AddressKind.Unusable),
        (IPNetwork.Parse("::1/128"), AddressKind.Loopback),
        (IPNetwork.Parse("2001:db8::/32"), AddressKind.Private),
        (IPNetwork.Parse("fc00::/7"), AddressKind.Private),
        (IPNetwork.Parse("fe80::/10"), AddressKind.LinkLocal),
        (IPNetwork.Parse("fec0::/10"), AddressKind.Private),
        (IPNetwork.Parse("ff00::/8"), AddressKind.Unusable),
    ];

    // An IPv4 address in the last 32 bits of these is what counts.
    private static readonly IPNetwork Translated = IPNetwork.Parse("64:ff9b::/96");

    /// <summary>What kind of address it is.</summary>
    public static AddressKind Of(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        if (address.AddressFamily == AddressFamily.InterNetworkV6 && Translated.Contains(address))
        {
            Span<byte> bytes = stackalloc byte[16];
            return address.TryWriteBytes(bytes, out _) ? Of(new IPAddress(bytes[12..])) : AddressKind.Unusable;
        }

        foreach (var (network, kind) in Known)
        {
            if (network.BaseAddress.AddressFamily == address.AddressFamily && network.Contains(address)) return kind;
        }

        // Everything outside 2000::/3 that is not named above was never given out.
        return address.AddressFamily == AddressFamily.InterNetworkV6 && !IsGlobal(address) ? AddressKind.Unusable : AddressKind.Public;
    }

    /// <summary>For people.</summary>
    public static string Text(AddressKind kind) => kind switch
    {
        AddressKind.Public => "public",
        AddressKind.Private => "private",
        AddressKind.CarrierGrade => "carrier-grade NAT",
        AddressKind.LinkLocal => "link-local",
        AddressKind.Loopback => "loopback",
        _ => "unusable",
    };

    private static bool IsGlobal(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        return address.TryWriteBytes(bytes, out _) && BinaryPrimitives.ReadUInt16BigEndian(bytes) >> 13 == 1;
    }
}
