using System.Buffers.Binary;
using System.Net;

namespace ProviderAgent.Workloads;

/// <summary>Hands out a subnet to each lease. The engine's own default pools end after 31 networks.</summary>
/// <param name="Base">First address of the pool.</param>
/// <param name="PrefixLength">Of the pool.</param>
public readonly record struct SubnetPool(uint Base, int PrefixLength)
{
    /// <summary>A lease's subnet: 62 usable addresses, more than the replicas that one group may have.</summary>
    public const int LeasePrefixLength = 26;

    private static readonly (uint Base, int Prefix)[] PrivateRanges = [(0x0A000000, 8), (0xAC100000, 12), (0xC0A80000, 16)];

    public int Count => 1 << (LeasePrefixLength - PrefixLength);

    /// <summary>Reads <c>10.213.0.0/16</c>: private, because the firewall keeps tenants out of private ranges, and so out of each other's.</summary>
    public static bool TryParse(string text, out SubnetPool pool)
    {
        pool = default;
        if (!IPNetwork.TryParse(text, out var network) || network.BaseAddress.AddressFamily != System.Net.Sockets.AddressFamily.InterNetwork || network.PrefixLength > 24) return false;
        var start = BinaryPrimitives.ReadUInt32BigEndian(network.BaseAddress.GetAddressBytes());
        if (!Array.Exists(PrivateRanges, range => network.PrefixLength >= range.Prefix && start >> (32 - range.Prefix) == range.Base >> (32 - range.Prefix))) return false;
        pool = new(start, network.PrefixLength);
        return true;
    }

    /// <summary>Subnets that overlap none of <paramref name="taken"/>, beginning at a place that depends on <paramref name="seed"/> only.</summary>
    /// <remarks>The engine may still refuse one because the host routes it elsewhere; then the next is tried.</remarks>
    public IEnumerable<IPNetwork> Candidates(uint seed, IReadOnlyCollection<IPNetwork> taken)
    {
        var count = Count;
        for (var i = 0; i < count; i++)
        {
            var address = Base + ((seed + (uint)i) % (uint)count << (32 - LeasePrefixLength));
            var bytes = new byte[4];
            BinaryPrimitives.WriteUInt32BigEndian(bytes, address);
            var subnet = new IPNetwork(new IPAddress(bytes), LeasePrefixLength);
            if (!taken.Any(other => Overlaps(subnet, other))) yield return subnet;
        }
    }

    /// <summary>The subnet with so long a prefix that an IPv4 address is in.</summary>
    public static IPNetwork SubnetOf(IPAddress address, int prefixLength)
    {
        var bytes = address.GetAddressBytes();
        var value = BinaryPrimitives.ReadUInt32BigEndian(bytes);
        BinaryPrimitives.WriteUInt32BigEndian(bytes, prefixLength == 0 ? 0 : value >> (32 - prefixLength) << (32 - prefixLength));
        return new(new IPAddress(bytes), prefixLength);
    }

    private static bool Overlaps(IPNetwork left, IPNetwork right) => left.Contains(right.BaseAddress) || right.Contains(left.BaseAddress);
}
