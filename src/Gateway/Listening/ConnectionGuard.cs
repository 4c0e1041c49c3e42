using System.Net;
using Microsoft.AspNetCore.Connections;

namespace ProviderAgent.Gateway;

/// <summary>Closes a new connection at once, before any handshake, when its address has too many open already.</summary>
internal sealed class ConnectionGuard(int perAddress, GatewayMetrics metrics)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<IPAddress, int> _byAddress = [];

    public ConnectionDelegate Wrap(ConnectionDelegate next) => async connection =>
    {
        var address = AddressOf(connection.RemoteEndPoint);
        if (!TryEnter(address))
        {
            metrics.ConnectionRefused();
            connection.Abort();
            return;
        }

        metrics.ConnectionOpened();
        try
        {
            await next(connection);
        }
        finally
        {
            Leave(address);
            metrics.ConnectionClosed();
        }
    };

    /// <summary>Callers with an IPv6 network have any number of addresses, so its first 64 bits count as one.</summary>
    private static IPAddress AddressOf(EndPoint? remote)
    {
        if (remote is not IPEndPoint { Address: var address }) return IPAddress.None;
        if (address.IsIPv4MappedToIPv6) return address.MapToIPv4();
        var bytes = address.GetAddressBytes();
        if (bytes.Length != 16) return address;
        bytes.AsSpan(8).Clear();
        return new(bytes);
    }

    private bool TryEnter(IPAddress address)
    {
        lock (_gate)
        {
            var open = _byAddress.GetValueOrDefault(address);
            if (open >= perAddress) return false;
            _byAddress[address] = open + 1;
            return true;
        }
    }

    private void Leave(IPAddress address)
    {
        lock (_gate)
        {
            if (--_byAddress[address] == 0) _byAddress.Remove(address);
        }
    }
}
