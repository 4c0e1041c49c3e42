using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Workloads;

/// <summary>This host in its own network.</summary>
/// <param name="Local">Its IPv4 address on the default route; null when there is no such route.</param>
/// <param name="Gateway">The router that the default route leads to; null without one, as on a dialled-up link.</param>
/// <param name="Own">All addresses of all interfaces but the loopback.</param>
public sealed record HostNetwork(IPAddress? Local, IPAddress? Gateway, ValueList<IPAddress> Own)
{
    /// <summary>True when the host has a public IPv6 address of its own.</summary>
    public bool HasPublicIpv6 => Own.Any(address => address.AddressFamily == AddressFamily.InterNetworkV6 && AddressKinds.Of(address) == AddressKind.Public);
}

/// <summary>Looks at this host's interfaces and routes.</summary>
public interface IHostNetworkReader
{
    /// <summary>As it is now.</summary>
    /// <exception cref="NetworkInformationException">The system does not tell.</exception>
    HostNetwork Read();
}

/// <inheritdoc/>
internal sealed class HostNetworkReader : IHostNetworkReader
{
    // Of the thread: with a namespace of its own it sees that one's.
    private const string Routes = "/proc/thread-self/net/route";

    private const int Up = 0x1;
    private const int ByGateway = 0x2;
    private const int Rejects = 0x200;

    /// <inheritdoc/>
    public HostNetwork Read()
    {
        var unicast = NetworkInterface.GetAllNetworkInterfaces()
            .Where(card => card.NetworkInterfaceType != NetworkInterfaceType.Loopback)
            .SelectMany(card => card.GetIPProperties().UnicastAddresses.Select(address => (Card: card.Name, address.Address, address.PrefixLength)))
            .ToArray();
        var own = unicast.Select(entry => Plain(entry.Address)).Where(address => AddressKinds.Of(address) != AddressKind.Loopback).Distinct().ToValueList();
        var route = DefaultRoute(ReadRoutes());
        var local = unicast
            .Where(entry => entry.Card == route?.Card && entry.Address.AddressFamily == AddressFamily.InterNetwork)
            .OrderByDescending(entry => route?.Gateway is { } gateway && new IPNetwork(SubnetPool.SubnetOf(entry.Address, entry.PrefixLength).BaseAddress, entry.PrefixLength).Contains(gateway))
            .Select(entry => entry.Address)
            .FirstOrDefault();
        return new(local, route?.Gateway, own);
    }

    /// <summary>The default route with the lowest metric in the kernel's own table.</summary>
    internal static (string Card, IPAddress? Gateway)? DefaultRoute(string table)
    {
        (string Card, IPAddress? Gateway, uint Metric)? best = null;
        foreach (var line in table.Split('\n').Skip(1))
        {
            // Iface Destination Gateway Flags RefCnt Use Metric Mask …, addresses in hex as they lie in memory.
            if (line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries) is not [var card, "00000000", var gateway, var flags, _, _, var metric, "00000000", ..]
                || !int.TryParse(flags, NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var bits) || (bits & (Up | Rejects)) != Up
                || !uint.TryParse(metric, CultureInfo.InvariantCulture, out var cost)
                || !uint.TryParse(gateway, NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var address))
                continue;
            if (best is { } known && known.Metric <= cost) continue;
            best = (card, (bits & ByGateway) != 0 ? FromMemory(address) : null, cost);
        }

        return best is { } found ? (found.Card, found.Gateway) : null;
    }

    private static IPAddress FromMemory(uint value)
    {
        var bytes = new byte[4];
        if (BitConverter.IsLittleEndian) BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        else BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        return new(bytes);
    }

    private static string ReadRoutes()
    {
        try
        {
            return File.ReadAllText(Routes);
        }
        catch (IOException)
        {
            return ""; // a system without IPv4
        }
    }

    /// <summary>Without the number of the interface, which is not part of what others see.</summary>
    private static IPAddress Plain(IPAddress address) => address.AddressFamily == AddressFamily.InterNetworkV6 ? new(address.GetAddressBytes()) : address;
}
