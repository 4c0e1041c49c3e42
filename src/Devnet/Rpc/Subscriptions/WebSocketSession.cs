using System.Collections.Concurrent;
using System.Net.WebSockets;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using ProviderAgent.Devnet.Blocks;
using ProviderAgent.Devnet.Hosting;
using ProviderAgent.Devnet.Rpc.Json;

namespace ProviderAgent.Devnet.Rpc.Subscriptions;

/// <summary>One WebSocket client: its calls, its subscriptions, and what is on its way to it.</summary>
internal sealed class WebSocketSession(
    WebSocket socket, RpcDispatcher dispatcher, RpcMethods methods, DevnetFaults faults, SubscriptionLimits limits, Func<bool> hasRoom)
{
    private readonly ConcurrentDictionary<string, Subscription> _subscriptions = new(StringComparer.Ordinal);

    private readonly Channel<byte[]> _outgoing = Channel.CreateBounded<byte[]>(
        new BoundedChannelOptions(SubscriptionLimits.BufferedMessages) { FullMode = BoundedChannelFullMode.Wait, SingleReader = true });

    public bool HasSubscriptions => !_subscriptions.IsEmpty;

    public async Task RunAsync(CancellationToken ct)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var sending = SendAsync(ended.Token);
        try
        {
            await ReceiveAsync(ended.Token);
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or ReplyDroppedException or ChannelClosedException)
        {
            socket.Abort(); // gone, or to be cut off: nobody is left to tell
        }
        finally
        {
            _outgoing.Writer.TryComplete();
            await ended.CancelAsync();
            await sending;
        }
    }

    /// <summary>Hands over a block; a reader that is too slow loses its subscription.</summary>
    public void Publish(Block block)
    {
        foreach (var subscription in _subscriptions.Values)
        {
            foreach (var message in Messages(subscription, block))
            {
                if (_outgoing.Writer.TryWrite(message)) continue;
                _subscriptions.TryRemove(subscription.Query.Text, out _);
                var reason = RpcException.Server("subscription was canceled (reason: client is not pulling messages fast enough)");
                _outgoing.Writer.TryWrite(RpcDispatcher.Write(RpcDispatcher.Answer(subscription.Id, reason)));
                _outgoing.Writer.TryComplete();
                return;
            }
        }
    }

    private IEnumerable<byte[]> Messages(Subscription subscription, Block block)
    {
        var header = ReportedFacts.OfHeader(block);
        if (subscription.Query.Matches(header))
        {
            yield return Message(subscription, "tendermint/event/NewBlockHeader", new JsonObject { ["header"] = Header(block) }, header);
        }

        var whole = ReportedFacts.OfBlock(block);
        if (subscription.Query.Matches(whole))
        {
            yield return Message(subscription, "tendermint/event/NewBlock", methods.Json.Full(block, methods.View.PreviousResults(block)), whole);
        }

        for (var i = 0; i < block.Txs.Count; i++)
        {
            var facts = ReportedFacts.OfTx(block, i);
            if (!subscription.Query.Matches(facts)) continue;
            var result = new JsonObject
            {
                ["height"] = RpcJson.Number(block.Height),
                ["index"] = i,
                ["tx"] = Convert.ToBase64String(block.Txs[i].Bytes.Span),
                ["result"] = RpcJson.TxResult(block.Txs[i].Result),
            };
            yield return Message(subscription, "tendermint/event/Tx", new JsonObject { ["TxResult"] = result }, facts);
        }
    }

    private JsonObject Header(Block block) => methods.Json.Header(block, methods.View.PreviousResults(block));

    private static byte[] Message(Subscription subscription, string type, JsonObject value, ILookup<string, string> facts) =>
        RpcDispatcher.Write(RpcDispatcher.Answer(subscription.Id, new JsonObject
        {
            ["query"] = subscription.Query.Text,
            ["data"] = new JsonObject { ["type"] = type, ["value"] = value },
            ["events"] = ReportedFacts.ToJson(facts),
        }));

    private async Task ReceiveAsync(CancellationToken ct)
    {
        var buffer = new byte[limits.MaxMessageBytes];
        while (true)
        {
            var used = 0;
            ValueWebSocketReceiveResult part;
            do
            {
                part = await socket.ReceiveAsync(buffer.AsMemory(used), ct);
                if (part.MessageType == WebSocketMessageType.Close)
                {
                    await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, ct);
                    return;
                }

                used += part.Count;
                if (!part.EndOfMessage && used == buffer.Length)
                {
                    await socket.CloseAsync(WebSocketCloseStatus.MessageTooBig, null, ct);
                    return;
                }
            }
            while (!part.EndOfMessage);

            if (await AnswerAsync(buffer.AsMemory(0, used), ct) is { } answer) await _outgoing.Writer.WriteAsync(answer, ct);
        }
    }

    private async Task<byte[]?> AnswerAsync(ReadOnlyMemory<byte> message, CancellationToken ct)
    {
        JsonNode? id = null;
        try
        {
            var request = RpcDispatcher.Parse(message.Span);
            if (request is not JsonObject call) return await dispatcher.AnswerAsync(request, ct);
            id = RpcDispatcher.ReadId(call);
            return RpcDispatcher.ReadMethod(call) switch
            {
                "subscribe" => Subscribe(call, id),
                "unsubscribe" => Unsubscribe(call, id),
                "unsubscribe_all" => UnsubscribeAll(id),
                _ => await dispatcher.AnswerAsync(request, ct),
            };
        }
        catch (RpcException e)
        {
            return RpcDispatcher.Write(RpcDispatcher.Answer(id, e));
        }
        catch (Exception e) when (RpcDispatcher.IsMalformed(e))
        {
            return RpcDispatcher.Write(RpcDispatcher.Answer(id, RpcException.InvalidRequest(e.Message)));
        }
    }

    private byte[] Subscribe(JsonObject call, JsonNode? id)
    {
        var query = Query(call);
        if (!HasSubscriptions && !hasRoom()) throw RpcException.Internal($"max_subscription_clients {limits.MaxClients} reached");
        if (_subscriptions.Count >= limits.MaxPerClient) throw RpcException.Internal($"max_subscriptions_per_client {limits.MaxPerClient} reached");
        if (!_subscriptions.TryAdd(query.Text, new(id, query))) throw RpcException.Internal("already subscribed");
        return Acknowledge(id);
    }

    private byte[] Unsubscribe(JsonObject call, JsonNode? id)
    {
        if (!_subscriptions.TryRemove(Query(call).Text, out _)) throw RpcException.Internal("subscription not found");
        return Acknowledge(id);
    }

    private byte[] UnsubscribeAll(JsonNode? id)
    {
        if (!HasSubscriptions) throw RpcException.Internal("subscription not found");
        _subscriptions.Clear();
        return Acknowledge(id);
    }

    private static EventQuery Query(JsonObject call) => EventQuery.Parse(RpcParameters.FromJson(call["params"], ["query"]).Text("query"));

    private static byte[] Acknowledge(JsonNode? id) => RpcDispatcher.Write(RpcDispatcher.Answer(id, new JsonObject()));

    private async Task SendAsync(CancellationToken ct)
    {
        try
        {
            await foreach (var message in _outgoing.Reader.ReadAllAsync(ct))
            {
                await faults.WaitUntilReleasedAsync(ct);
                await socket.SendAsync(message, WebSocketMessageType.Text, endOfMessage: true, ct);
            }

            if (socket.State == WebSocketState.Open) await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, ct);
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or ObjectDisposedException or InvalidOperationException)
        {
            socket.Abort(); // the reader notices and ends the session
        }
    }

    private sealed record Subscription(JsonNode? Id, EventQuery Query);
}
