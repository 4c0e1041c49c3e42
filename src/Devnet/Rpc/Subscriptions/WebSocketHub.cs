using System.Collections.Concurrent;
using System.Net.WebSockets;
using ProviderAgent.Devnet.Blocks;
using ProviderAgent.Devnet.Hosting;

namespace ProviderAgent.Devnet.Rpc.Subscriptions;

/// <summary>All WebSocket clients, and the blocks on their way to them.</summary>
internal sealed class WebSocketHub(RpcDispatcher dispatcher, RpcMethods methods, DevnetFaults faults, SubscriptionLimits limits)
{
    private readonly ConcurrentDictionary<WebSocketSession, byte> _sessions = new();
    private Block? _held;

    /// <summary>Serves one client until either side is done.</summary>
    public async Task ServeAsync(WebSocket socket, CancellationToken ct)
    {
        var session = new WebSocketSession(socket, dispatcher, methods, faults, limits, HasRoom);
        _sessions.TryAdd(session, 0);
        try
        {
            await session.RunAsync(ct);
        }
        finally
        {
            _sessions.TryRemove(session, out _);
        }
    }

    /// <summary>Tells subscribers of a new block; one that the node does not show yet is told when its turn comes.</summary>
    public void Publish(Block committed)
    {
        if (methods.View.Find(committed.Height - faults.LagBlocks) is not { } shown) return;
        Block[] notices = [shown];
        if (faults.ReorderNotices)
        {
            // Each second block is told of first, and the one before it after that.
            var held = Interlocked.Exchange(ref _held, null);
            if (held is null)
            {
                _held = shown;
                return;
            }

            notices = [shown, held];
        }

        foreach (var session in _sessions.Keys)
        {
            foreach (var notice in notices)
            {
                session.Publish(notice);
                if (faults.DuplicateNotices) session.Publish(notice);
            }
        }
    }

    private bool HasRoom() => _sessions.Keys.Count(session => session.HasSubscriptions) < limits.MaxClients;
}

/// <param name="MaxClients">Clients with subscriptions.</param>
/// <param name="MaxPerClient">Subscriptions of one client.</param>
/// <param name="MaxMessageBytes">Longest message that a client may send.</param>
internal sealed record SubscriptionLimits(int MaxClients, int MaxPerClient, int MaxMessageBytes)
{
    /// <summary>Messages that wait for a slow reader before it is cut off.</summary>
    public const int BufferedMessages = 200;
}
