using System.Collections.Concurrent;
using Microsoft.AspNetCore.Connections;
using ProviderAgent.Devnet.Hosting;

namespace ProviderAgent.Devnet.Rpc;

/// <summary>Knows all connections, to cut them when that is asked for.</summary>
internal sealed class ConnectionGuard : IDisposable
{
    private readonly ConcurrentDictionary<string, ConnectionContext> _open = new(StringComparer.Ordinal);
    private readonly DevnetFaults _faults;

    public ConnectionGuard(DevnetFaults faults)
    {
        _faults = faults;
        _faults.ConnectionsRefused += CutAll;
    }

    public ConnectionDelegate Wrap(ConnectionDelegate next) => async connection =>
    {
        _open[connection.ConnectionId] = connection;
        try
        {
            if (_faults.RefuseConnections) connection.Abort(new ConnectionAbortedException("connections are refused for a test"));
            else await next(connection);
        }
        finally
        {
            _open.TryRemove(connection.ConnectionId, out _);
        }
    };

    public void Dispose() => _faults.ConnectionsRefused -= CutAll;

    private void CutAll()
    {
        foreach (var connection in _open.Values) connection.Abort(new ConnectionAbortedException("connections are refused for a test"));
    }
}
