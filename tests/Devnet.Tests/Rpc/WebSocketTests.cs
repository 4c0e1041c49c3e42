using System.Net.WebSockets;
using System.Text.Json.Nodes;
using ProviderAgent.Devnet.Tests.Harness;

namespace ProviderAgent.Devnet.Tests.Rpc;

public sealed class WebSocketTests
{
    private const string Headers = """{"jsonrpc":"2.0","id":5,"method":"subscribe","params":{"query":"tm.event='NewBlockHeader'"}}""";

    [Fact]
    public async Task Subscribe_Headers_EveryBlockComesInOrder()
    {
        await using var node = await RpcNode.StartAsync();
        using var socket = await node.ConnectAsync();
        await RpcNode.SendAsync(socket, Headers);
        Assert.Equal("""{"jsonrpc":"2.0","id":5,"result":{}}""", (await RpcNode.ReceiveAsync(socket))!.ToJsonString());

        await node.Chain.ProduceBlockAsync(3);

        foreach (var height in new[] { "2", "3", "4" })
        {
            var message = (await RpcNode.ReceiveAsync(socket))!;
            Assert.Equal(5, message["id"]!.GetValue<int>());
            Assert.Equal("tm.event='NewBlockHeader'", message["result"]!["query"]!.GetValue<string>());
            Assert.Equal("tendermint/event/NewBlockHeader", message["result"]!["data"]!["type"]!.GetValue<string>());
            Assert.Equal(height, message["result"]!["data"]!["value"]!["header"]!["height"]!.GetValue<string>());
            Assert.Equal("NewBlockHeader", message["result"]!["events"]!["tm.event"]![0]!.GetValue<string>());
        }
    }

    [Fact]
    public async Task Subscribe_TransactionsByEvent_OnlyMatchingOnesCome()
    {
        await using var node = await RpcNode.StartAsync();
        using var socket = await node.ConnectAsync();
        await RpcNode.SendAsync(socket, """{"jsonrpc":"2.0","id":"x","method":"subscribe","params":["tm.event='Tx' AND akash.market.v1.EventLeaseCreated.id EXISTS"]}""");
        await RpcNode.ReceiveAsync(socket);

        var lease = await node.OpenLeaseAsync();

        var result = (await RpcNode.ReceiveAsync(socket))!["result"]!;
        Assert.Equal("tendermint/event/Tx", result["data"]!["type"]!.GetValue<string>());
        Assert.Contains(lease.Provider.Value, result["events"]!["akash.market.v1.EventLeaseCreated.id"]![0]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.NotNull(result["data"]!["value"]!["TxResult"]!["result"]!["events"]);
    }

    [Fact]
    public async Task Calls_OverTheSocket_AreAnsweredToo()
    {
        await using var node = await RpcNode.StartAsync();
        using var socket = await node.ConnectAsync();

        await RpcNode.SendAsync(socket, """{"jsonrpc":"2.0","id":1,"method":"status","params":{}}""");
        Assert.Equal("1", (await RpcNode.ReceiveAsync(socket))!["result"]!["sync_info"]!["latest_block_height"]!.GetValue<string>());
        await RpcNode.SendAsync(socket, "{");
        Assert.Equal(-32700, (await RpcNode.ReceiveAsync(socket))!["error"]!["code"]!.GetValue<int>());
    }

    [Theory]
    [InlineData("tm.event", "failed to parse query: tm.event")]
    [InlineData("tm.event='Tx' OR 1", "failed to parse query: tm.event='Tx' OR 1")]
    [InlineData("", "failed to parse query: ")]
    public async Task Subscribe_QueryWrong_IsAnError(string query, string data)
    {
        await using var node = await RpcNode.StartAsync();
        using var socket = await node.ConnectAsync();
        var request = new JsonObject { ["jsonrpc"] = "2.0", ["id"] = 1, ["method"] = "subscribe", ["params"] = new JsonObject { ["query"] = query } };

        await RpcNode.SendAsync(socket, request.ToJsonString());

        Assert.Equal(data, (await RpcNode.ReceiveAsync(socket))!["error"]!["data"]!.GetValue<string>());
    }

    [Fact]
    public async Task Subscribe_TooLongQuery_IsAnError()
    {
        await using var node = await RpcNode.StartAsync();
        using var socket = await node.ConnectAsync();

        Assert.Equal("maximum query length exceeded", await SubscribeAsync(socket, $"tm.event='{new string('x', 600)}'"));
    }

    [Fact]
    public async Task Subscribe_Limits_HoldPerClientAndForAll()
    {
        await using var node = await RpcNode.StartAsync(options => (options.Limits.MaxSubscriptionsPerClient, options.Limits.MaxSubscriptionClients) = (2, 1));
        using var first = await node.ConnectAsync();
        using var second = await node.ConnectAsync();

        Assert.Null(await SubscribeAsync(first, "tm.event='NewBlock'"));
        Assert.Equal("already subscribed", await SubscribeAsync(first, "tm.event='NewBlock'"));
        Assert.Null(await SubscribeAsync(first, "tm.event='Tx'"));
        Assert.Equal("max_subscriptions_per_client 2 reached", await SubscribeAsync(first, "tm.event='NewBlockHeader'"));
        Assert.Equal("max_subscription_clients 1 reached", await SubscribeAsync(second, "tm.event='NewBlock'"));
        Assert.Equal("subscription not found", await SubscribeAsync(second, "tm.event='NewBlock'", "unsubscribe"));
        Assert.Null(await SubscribeAsync(first, "tm.event='NewBlock'", "unsubscribe"));
        Assert.Null(await SubscribeAsync(first, "", "unsubscribe_all"));
        Assert.Null(await SubscribeAsync(second, "tm.event='NewBlock'"));
    }

    [Fact]
    public async Task SlowReader_IsCutOffWithTheNodesWords()
    {
        await using var node = await RpcNode.StartAsync();
        using var socket = await node.ConnectAsync();
        await RpcNode.SendAsync(socket, Headers);
        await RpcNode.ReceiveAsync(socket);
        node.Chain.Faults.HoldReplies = true; // nothing leaves, so everything piles up
        await node.Chain.ProduceBlockAsync(300);
        node.Chain.Faults.HoldReplies = false;

        var received = 0;
        while (await RpcNode.ReceiveAsync(socket) is not null) received++;

        Assert.InRange(received, 1, 201);
        using var again = await node.ConnectAsync();
        Assert.Null(await SubscribeAsync(again, "tm.event='NewBlock'"));
    }

    [Fact]
    public async Task Message_TooLong_EndsTheSession()
    {
        await using var node = await RpcNode.StartAsync();
        using var socket = await node.ConnectAsync();
        await RpcNode.SendAsync(socket, new string('x', 300_000));

        Assert.Null(await RpcNode.ReceiveAsync(socket));
        Assert.Equal(WebSocketCloseStatus.MessageTooBig, socket.CloseStatus);
    }

    [Fact]
    public async Task NotAWebSocket_Is400()
    {
        await using var node = await RpcNode.StartAsync();

        using var response = await node.Http.GetAsync(new Uri("/websocket", UriKind.Relative));

        Assert.Equal(System.Net.HttpStatusCode.BadRequest, response.StatusCode);
    }

    private static async Task<string?> SubscribeAsync(ClientWebSocket socket, string query, string method = "subscribe")
    {
        var request = new JsonObject { ["jsonrpc"] = "2.0", ["id"] = 1, ["method"] = method, ["params"] = new JsonObject { ["query"] = query } };
        await RpcNode.SendAsync(socket, request.ToJsonString());
        return (await RpcNode.ReceiveAsync(socket))!["error"]?["data"]?.GetValue<string>();
    }
}
