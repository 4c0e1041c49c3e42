using System.Net.Http.Json;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;
using Google.Protobuf;
using ProviderAgent.Chain.Keys;
using ProviderAgent.Chain.Transactions;
using ProviderAgent.Devnet.Hosting;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Devnet.Tests.Harness;

/// <summary>A started chain with blocks on demand, and the plainest client that there can be.</summary>
internal sealed class RpcNode : IAsyncDisposable
{
    private readonly HttpClient _http;

    private RpcNode(DevnetChain chain)
    {
        Chain = chain;
        _http = new() { BaseAddress = chain.RpcAddress, Timeout = TimeSpan.FromSeconds(30) };
    }

    public DevnetChain Chain { get; }

    public HttpClient Http => _http;

    public static DevnetOptions Options() => new() { Listen = "127.0.0.1:0", BlockTime = TimeSpan.Zero, ChainId = "test-1" };

    public static async Task<RpcNode> StartAsync(Action<DevnetOptions>? change = null, TimeProvider? time = null)
    {
        var options = Options();
        change?.Invoke(options);
        return new(await DevnetChain.StartAsync(options, time));
    }

    /// <summary>The whole answer to a POST.</summary>
    public async Task<JsonNode> CallAsync(string method, JsonNode? parameters = null)
    {
        var request = new JsonObject { ["jsonrpc"] = "2.0", ["id"] = 1, ["method"] = method, ["params"] = parameters ?? new JsonObject() };
        using var response = await _http.PostAsJsonAsync("/", request);
        return (await response.Content.ReadFromJsonAsync<JsonNode>())!;
    }

    /// <summary>The result of a call that must succeed.</summary>
    public async Task<JsonNode> ResultAsync(string method, JsonNode? parameters = null)
    {
        var answer = await CallAsync(method, parameters);
        return answer["result"] ?? throw new InvalidDataException($"{method}: {answer.ToJsonString()}");
    }

    /// <summary>The error text of a call that must fail.</summary>
    public async Task<string> ErrorAsync(string method, JsonNode? parameters = null)
    {
        var answer = await CallAsync(method, parameters);
        return answer["error"]?["data"]?.GetValue<string>() ?? throw new InvalidDataException($"{method}: {answer.ToJsonString()}");
    }

    public async Task<JsonNode> QueryRawAsync(string path, IMessage request, long height = 0) => (await ResultAsync("abci_query", new JsonObject
    {
        ["path"] = path,
        ["data"] = Convert.ToHexString(request.ToByteArray()),
        ["height"] = height.ToString(System.Globalization.CultureInfo.InvariantCulture),
        ["prove"] = false,
    }))["response"]!;

    public async Task<T> QueryAsync<T>(string path, IMessage request, MessageParser<T> parser)
        where T : IMessage<T>
    {
        var response = await QueryRawAsync(path, request);
        Assert.True(response["code"]!.GetValue<uint>() == 0, response.ToJsonString());
        return parser.ParseFrom(Convert.FromBase64String(response["value"]!.GetValue<string>()));
    }

    public Task<byte[]> SignAsync(ChainKey key, params IMessage[] messages) => SignAsync(key, messages, 2_000_000);

    public async Task<byte[]> SignAsync(ChainKey key, IMessage[] messages, ulong gas)
    {
        var info = await QueryAsync(
            "/cosmos.auth.v1beta1.Query/AccountInfo", new Wire.Auth.QueryAccountInfoRequest { Address = key.Address.Value }, Wire.Auth.QueryAccountInfoResponse.Parser);
        var fee = new Wire.Tx.Fee { GasLimit = gas, Amount = { new Wire.Base.Coin { Denom = "uakt", Amount = (gas / 40).ToString(System.Globalization.CultureInfo.InvariantCulture) } } };
        var signed = await TransactionBuilder.SignAsync(
            TransactionBuilder.Body(messages), fee, new(Chain.ChainId, info.Info.AccountNumber, info.Info.Sequence), key, CancellationToken.None);
        return signed.Bytes;
    }

    /// <summary>Sends, makes a block, and gives the answer of <c>tx</c>, whose code must be 0.</summary>
    public async Task<JsonNode> DoAsync(ChainKey key, params IMessage[] messages)
    {
        var bytes = await SignAsync(key, messages);
        var sent = await ResultAsync("broadcast_tx_sync", new JsonObject { ["tx"] = Convert.ToBase64String(bytes) });
        Assert.True(sent["code"]!.GetValue<uint>() == 0, sent.ToJsonString());
        await Chain.ProduceBlockAsync();
        var tx = await ResultAsync("tx", new JsonObject { ["hash"] = Convert.ToBase64String(TransactionHash.Of(bytes).ToBytes()) });
        Assert.True(tx["tx_result"]!["code"]!.GetValue<uint>() == 0, tx.ToJsonString());
        return tx;
    }

    public async Task<ClientWebSocket> ConnectAsync()
    {
        var socket = new ClientWebSocket();
        await socket.ConnectAsync(new Uri($"ws://{Chain.RpcAddress.Authority}/websocket"), CancellationToken.None);
        return socket;
    }

    public static async Task SendAsync(WebSocket socket, string text) =>
        await socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, true, CancellationToken.None);

    /// <summary>The next whole message; null when the other side closed.</summary>
    public static async Task<JsonNode?> ReceiveAsync(WebSocket socket)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(20), TimeProvider.System);
        var message = new MemoryStream();
        var buffer = new byte[64 * 1024];
        while (true)
        {
            var part = await socket.ReceiveAsync(buffer, deadline.Token);
            if (part.MessageType == WebSocketMessageType.Close) return null;
            message.Write(buffer, 0, part.Count);
            if (part.EndOfMessage) return JsonNode.Parse(message.ToArray());
        }
    }

    /// <summary>Provider, deployment, bid and lease of the chain's own accounts.</summary>
    public async Task<LeaseId> OpenLeaseAsync(ulong dseq = 100)
    {
        var (tenant, provider) = (Chain.TenantKey, Chain.ProviderKey);
        if ((await QueryRawAsync("/akash.provider.v1beta4.Query/Provider", new Wire.Provider.QueryProviderRequest { Owner = provider.Address.Value }))["code"]!.GetValue<uint>() != 0)
        {
            await DoAsync(provider, Market.CreateProvider(provider));
        }

        await DoAsync(tenant, Market.CreateDeployment(tenant, dseq));
        var lease = Market.Lease(tenant, provider, dseq);
        await DoAsync(provider, Market.CreateBid(lease.Order, provider));
        await DoAsync(tenant, Market.CreateLease(lease));
        return lease;
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await Chain.DisposeAsync();
    }
}
