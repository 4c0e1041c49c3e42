using Microsoft.Extensions.DependencyInjection;
using ProviderAgent.Chain.Endpoints;
using ProviderAgent.Chain.Rpc;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Devnet.Tests.Client;

/// <summary>JSON-RPC and gRPC lead to the same results.</summary>
public sealed class TransportTests
{
    public static TheoryData<string> Queries()
    {
        var names = new TheoryData<string>();
        foreach (var vector in Repository.VectorJson("chain/queries.json")["vectors"]!.AsArray()) names.Add(vector!["name"]!.GetValue<string>());
        return names;
    }

    [Fact]
    public async Task AbciQueryAsync_EveryQueryOfTheGoldenData_HasTheSameAnswerBothWays()
    {
        await using var world = await ClientWorld.StartAsync((options, chain) => options.Endpoints[0].Grpc = chain.GrpcAddress);
        await world.Node.OpenLeaseAsync();
        var endpoint = world.Services.GetRequiredService<EndpointPool>().All[0];
        Assert.NotSame(endpoint.Queries, endpoint.Modules);
        var compared = 0;
        foreach (var vector in Repository.VectorJson("chain/queries.json")["vectors"]!.AsArray())
        {
            var path = vector!["abci_query"]!["path"]!.GetValue<string>();
            var data = Convert.FromHexString(vector["abci_query"]!["data_hex"]!.GetValue<string>());

            var (rpc, grpc) = (await ((INodeTransport)endpoint.Queries).AbciQueryAsync(path, data, default), await endpoint.Modules.AbciQueryAsync(path, data, default));

            Assert.Equal((path, rpc.Code, rpc.Codespace, Convert.ToHexString(rpc.Value)), (path, grpc.Code, grpc.Codespace, Convert.ToHexString(grpc.Value)));
            if (rpc.Code == 0) Assert.Equal(rpc.Height, grpc.Height);
            compared++;
        }

        Assert.True(compared >= 20);
        var (unknown, alsoUnknown) = (await ((INodeTransport)endpoint.Queries).AbciQueryAsync("/no.Such/Query", default, default), await endpoint.Modules.AbciQueryAsync("/no.Such/Query", default, default));
        Assert.Equal((unknown.Code, unknown.Codespace), (alsoUnknown.Code, alsoUnknown.Codespace));
        Assert.Contains("unknown query path", alsoUnknown.Log, StringComparison.Ordinal);
        Assert.False(world.HasLogged("GrpcFailed"));
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public async Task Trade_OverEitherTransportAndInEitherMode_IsDoneOnce(bool grpc, bool unordered)
    {
        await using var world = await ClientWorld.StartAsync((options, chain) =>
        {
            if (grpc) options.Endpoints[0].Grpc = chain.GrpcAddress;
            options.Unordered = unordered;
        });
        await world.DeployAsync(100);
        await world.DeployAsync(200);
        world.KeepProducing();

        var bids = await Task.WhenAll(world.SubmitAsync(world.Bid(100)), world.SubmitAsync(world.Bid(200)));
        Assert.All(bids, outcome => Assert.IsType<ActionOutcome.Done>(outcome));
        var again = Assert.IsType<ActionOutcome.Refused>(await world.SubmitAsync(world.Bid(100)));
        Assert.Equal((MarketRefusal.BidExists, 0L), (again.Reason, again.Fee.Amount));
        var lost = Assert.IsType<ActionOutcome.Refused>(await world.SubmitAsync(world.Bid(300)));
        Assert.Equal(MarketRefusal.OrderNotFound, lost.Reason);

        var open = new List<Bid>();
        await foreach (var bid in world.Market.ListOwnBidsAsync(BidState.Open, default)) open.Add(bid);
        Assert.Equal(2, open.Count);
        Assert.IsType<ActionOutcome.Done>(await world.SubmitAsync(new MarketAction.CloseBid(open[0].Id, LeaseCloseReason.Unspecified)));
        Assert.False(world.HasLogged("GrpcFailed"));
        Assert.All(world.Outbox.Closed, entry => Assert.Equal(unordered ? 0 : 1, Math.Min(1, entry.Transaction.Sequence)));
        Assert.Empty(world.Outbox.Open);
    }

    [Fact]
    public async Task Trade_GrpcNotThere_GoesOverJsonRpc()
    {
        await using var world = await ClientWorld.StartAsync((options, _) => options.Endpoints[0].Grpc = new($"http://127.0.0.1:{FreePort.Next()}"));
        await world.DeployAsync(100);
        world.KeepProducing();

        Assert.IsType<ActionOutcome.Done>(await world.SubmitAsync(world.Bid(100)));

        Assert.True(world.HasLogged("GrpcFailed"));
        Assert.True(world.Market.Health.IsReachable);
    }
}
