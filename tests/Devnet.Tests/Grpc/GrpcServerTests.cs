using System.Text.Json.Nodes;
using Google.Protobuf;
using ProviderAgent.Chain.Queries;
using ProviderAgent.Chain.Transactions;
using ProviderAgent.Chain.Wire.Tx;
using ProviderAgent.Devnet.Tests.Harness;
using ProviderAgent.Devnet.Tests.Npm;

namespace ProviderAgent.Devnet.Tests.Grpc;

/// <summary>The local chain's gRPC, called by an independent implementation.</summary>
public sealed class GrpcServerTests
{
    [NeedsFact("node", "npm")]
    public async Task Calls_OfGrpcJs_GetTheAnswersOfJsonRpc()
    {
        await using var node = await RpcNode.StartAsync(options => options.GrpcListen = "127.0.0.1:0");
        var lease = await node.OpenLeaseAsync();
        var account = new Wire.Auth.QueryAccountInfoRequest { Address = node.Chain.ProviderKey.Address.Value };
        var bytes = await node.SignAsync(node.Chain.ProviderKey, Market.CreateProvider(node.Chain.ProviderKey));
        var broadcast = new BroadcastTxRequest { TxBytes = ByteString.CopyFrom(bytes), Mode = BroadcastMode.Sync };
        var absent = new Wire.Market.V1Beta5.QueryOrderRequest { Id = new() { Owner = lease.Owner.Value, Dseq = 999, Gseq = 1, Oseq = 1 } };

        var outcomes = await CallAsync(
            node,
            Call(QueryPaths.AccountInfo, account),
            Call(QueryPaths.AccountInfo, account, height: "1"),
            Call(QueryPaths.Order, absent),
            Call("/akash.market.v1beta4.Query/Orders", absent),
            Call(QueryPaths.AccountInfo, new Wire.Auth.QueryAccountInfoRequest { Address = "akash1nonsense" }),
            Call("/cosmos.tx.v1beta1.Service/BroadcastTx", broadcast),
            Call("/cosmos.tx.v1beta1.Service/BroadcastTx", broadcast),
            Call("/cosmos.tx.v1beta1.Service/GetTx", new GetTxRequest { Hash = TransactionHash.Of(bytes).Hex }));

        var direct = await node.QueryAsync(QueryPaths.AccountInfo, account, Wire.Auth.QueryAccountInfoResponse.Parser);
        Assert.Equal(direct, Wire.Auth.QueryAccountInfoResponse.Parser.ParseFrom(Answer(outcomes[0])));
        Assert.Equal(node.Chain.Height.ToString(System.Globalization.CultureInfo.InvariantCulture), outcomes[0]["height"]!.GetValue<string>());
        Assert.Equal("1", outcomes[1]["height"]!.GetValue<string>());
        Assert.Equal(0ul, Wire.Auth.QueryAccountInfoResponse.Parser.ParseFrom(Answer(outcomes[1])).Info.Sequence);
        Assert.Equal((5, "invalid order: order not found"), Error(outcomes[2]));
        Assert.Equal(12, Error(outcomes[3]).Code);
        Assert.Equal(3, Error(outcomes[4]).Code);
        Assert.Equal(0u, BroadcastTxResponse.Parser.ParseFrom(Answer(outcomes[5])).TxResponse.Code);
        Assert.Equal(("sdk", 19u), BroadcastTxResponse.Parser.ParseFrom(Answer(outcomes[6])).TxResponse is var again ? (again.Codespace, again.Code) : default);
        Assert.Equal(5, Error(outcomes[7]).Code);

        await node.Chain.ProduceBlockAsync();
        var found = GetTxResponse.Parser.ParseFrom(Answer((await CallAsync(node, Call("/cosmos.tx.v1beta1.Service/GetTx", new GetTxRequest { Hash = TransactionHash.Of(bytes).Hex })))[0]));
        Assert.Equal(node.Chain.Height, found.TxResponse.Height);
        Assert.Equal(("provider", 4u), (found.TxResponse.Codespace, found.TxResponse.Code)); // it exists already
    }

    [NeedsFact("node", "npm")]
    public async Task Calls_WhileRepliesAreHeld_EndAtTheCallersDeadline()
    {
        await using var node = await RpcNode.StartAsync(options => options.GrpcListen = "127.0.0.1:0");
        node.Chain.Faults.HoldReplies = true;

        var outcomes = await CallAsync(node, Call(QueryPaths.NodeConfig, new Wire.Node.ConfigRequest(), deadlineMs: 500));

        Assert.Equal(4, Error(outcomes[0]).Code);
    }

    private static async Task<IReadOnlyList<JsonNode>> CallAsync(RpcNode node, params JsonObject[] calls)
    {
        var packages = await NpmPackages.InstallAsync(NodeScripts.GrpcPackage);
        var text = await packages.RunAsync(NodeScripts.Read("grpc-client.mjs"), node.Chain.GrpcAddress!.Authority, new JsonArray([.. calls]).ToJsonString());
        return [.. JsonNode.Parse(text)!.AsArray().Select(outcome => outcome!)];
    }

    private static JsonObject Call(string path, IMessage request, string? height = null, int deadlineMs = 60_000) => new()
    {
        ["path"] = path,
        ["request"] = request.ToByteString().ToBase64(),
        ["height"] = height,
        ["deadlineMs"] = deadlineMs,
    };

    private static byte[] Answer(JsonNode outcome)
    {
        Assert.True(outcome["code"]!.GetValue<int>() == 0, outcome.ToJsonString());
        return Convert.FromBase64String(outcome["answer"]!.GetValue<string>());
    }

    private static (int Code, string Text) Error(JsonNode outcome) => (outcome["code"]!.GetValue<int>(), outcome["text"]!.GetValue<string>());
}
