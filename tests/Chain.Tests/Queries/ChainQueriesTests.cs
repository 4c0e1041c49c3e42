using Google.Protobuf;
using ProviderAgent.Chain.Endpoints;
using ProviderAgent.Chain.Mapping;
using ProviderAgent.Chain.Queries;
using ProviderAgent.Chain.Tests.Scripted;
using ProviderAgent.Chain.Tests.Vectors;
using ProviderAgent.Chain.Wire.Market.V1Beta5;
using ProviderAgent.Marketplace;
using WireOrder = ProviderAgent.Chain.Wire.Market.V1Beta5.Order;

namespace ProviderAgent.Chain.Tests.Queries;

/// <summary>What the chain's answers become in the market's vocabulary, with the answers of the golden data.</summary>
public sealed class ChainQueriesTests : IAsyncLifetime
{
    private static readonly OrderId OrderId = OrderId.Parse("akash1r5v5srda7xfth3hn2s26txvrcrntldjuks2uw9/24681012/1/2");

    private readonly ScriptedChain _chain = new();
    private readonly List<ScriptedNode> _nodes = [];
    private ChainHost? _host;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        if (_host is not null) await _host.DisposeAsync();
        foreach (var node in _nodes) await node.DisposeAsync();
    }

    [Fact]
    public async Task ListOpenOrdersAsync_Pages_AreReadToTheEndWithTheSameFilters()
    {
        var market = await CreateSut();
        var requests = new List<QueryOrdersRequest>();
        var pages = 0;
        _nodes[0].Abci.On(QueryPaths.Orders, QueryOrdersRequest.Parser, request =>
        {
            requests.Add(request);
            var answer = QueryOrdersResponse.Parser.ParseFrom(Response("open orders, first page"));
            answer.Pagination.NextKey = ++pages < 3 ? ByteString.CopyFromUtf8($"key{pages}") : ByteString.Empty;
            return answer;
        });
        var orders = await market.ListOpenOrdersAsync(CancellationToken.None).ToListAsync();

        Assert.Equal(6, orders.Count);
        Assert.Equal(["", "key1", "key2"], requests.Select(request => request.Pagination.Key.ToStringUtf8()));
        Assert.All(requests, request => Assert.Equal("open", request.Filters.State));
        Assert.Equal(OrderId, orders[0].Id);
        Assert.Equal(OrderState.Open, orders[0].State);
        Assert.Equal(24681015, orders[0].CreatedAt.Value);
    }

    [Fact]
    public async Task ListOpenOrdersAsync_HostileOrder_IsLeftOutAlone()
    {
        var market = await CreateSut();
        var bad = CreateOrder();
        bad.Spec.Resources[0].Count = uint.MaxValue;
        _nodes[0].Abci.On(QueryPaths.Orders, _ => new QueryOrdersResponse { Orders = { CreateOrder(), bad, CreateOrder() } });
        _nodes[0].Abci.On(QueryPaths.Order, _ => new QueryOrderResponse { Order = bad });

        Assert.Equal(2, (await market.ListOpenOrdersAsync(CancellationToken.None).ToListAsync()).Count);
        Assert.True(_host!.Log.Has("OrderLeftOut"));
        var error = await Assert.ThrowsAsync<MarketUnavailableException>(() => market.FindOrderAsync(OrderId, CancellationToken.None));
        Assert.False(error.IsTransient);
    }

    [Fact]
    public async Task ListOpenOrdersAsync_SecondPageFails_ThrowsInsteadOfEnding()
    {
        var market = await CreateSut();
        var pages = 0;
        _nodes[0].Abci.On(QueryPaths.Orders, _ =>
        {
            if (++pages == 2) _nodes[0].Fail("*", NodeFault.LoseReply, 100);
            return new QueryOrdersResponse { Orders = { CreateOrder() }, Pagination = new() { NextKey = ByteString.CopyFromUtf8($"key{pages}") } };
        });

        await Assert.ThrowsAsync<MarketUnavailableException>(() => market.ListOpenOrdersAsync(CancellationToken.None).ToListAsync().AsTask());
    }

    [Fact]
    public async Task ListOpenOrdersAsync_SamePageAgain_ThrowsInsteadOfLooping()
    {
        var market = await CreateSut();
        _nodes[0].Abci.On(QueryPaths.Orders, _ => new QueryOrdersResponse { Orders = { CreateOrder() }, Pagination = new() { NextKey = ByteString.CopyFromUtf8("key") } });

        await Assert.ThrowsAsync<MarketUnavailableException>(() => market.ListOpenOrdersAsync(CancellationToken.None).ToListAsync().AsTask());
    }

    [Fact]
    public async Task Find_NotFound_IsNullAndListsAreEmpty()
    {
        var market = await CreateSut();
        foreach (var path in (string[])[QueryPaths.Order, QueryPaths.Bid, QueryPaths.Lease, QueryPaths.Deployment, QueryPaths.Provider, QueryPaths.ProviderAudits, QueryPaths.AccountInfo])
        {
            _nodes[0].Abci.On(path, _ => null);
        }

        _nodes[0].Abci.On(QueryPaths.Certificates, _ => new Wire.Cert.QueryCertificatesResponse());
        Assert.Null(await market.FindOrderAsync(OrderId, CancellationToken.None));
        Assert.Null(await market.FindBidAsync(TestKeys.Bid(1), CancellationToken.None));
        Assert.Null(await market.FindLeaseAsync(TestKeys.Bid(1).Lease, CancellationToken.None));
        Assert.Null(await market.FindDeploymentAsync(OrderId.Deployment, CancellationToken.None));
        Assert.Null(await market.FindProviderAsync(TestKeys.ProviderAddress, CancellationToken.None));
        Assert.Null(await market.FindCertificateAsync(TestKeys.ProviderAddress, "5", CancellationToken.None));
        Assert.Null(await market.FindPublicKeyAsync(TestKeys.Tenant, CancellationToken.None));
        Assert.Empty(await market.ListAuditsAsync(TestKeys.ProviderAddress, CancellationToken.None));
    }

    [Fact]
    public async Task Every_OtherFailure_Throws()
    {
        var market = await CreateSut(); // the script knows none of these paths
        Func<Task>[] calls =
        [
            () => market.FindOrderAsync(OrderId, CancellationToken.None),
            () => market.FindBidAsync(TestKeys.Bid(1), CancellationToken.None),
            () => market.CountBidsAsync(OrderId, CancellationToken.None),
            () => market.ListOwnBidsAsync(BidState.Open, CancellationToken.None).ToListAsync().AsTask(),
            () => market.ListOwnLeasesAsync(LeaseState.Active, CancellationToken.None).ToListAsync().AsTask(),
            () => market.FindLeaseAsync(TestKeys.Bid(1).Lease, CancellationToken.None),
            () => market.FindDeploymentAsync(OrderId.Deployment, CancellationToken.None),
            () => market.FindProviderAsync(TestKeys.ProviderAddress, CancellationToken.None),
            () => market.ListAuditsAsync(TestKeys.ProviderAddress, CancellationToken.None),
            () => market.FindCertificateAsync(TestKeys.ProviderAddress, "5", CancellationToken.None),
            () => market.GetBalanceAsync(TestKeys.ProviderAddress, Denom.Parse("uakt"), CancellationToken.None),
            () => market.GetParametersAsync(CancellationToken.None),
        ];
        foreach (var call in calls) await Assert.ThrowsAsync<MarketUnavailableException>(call);
        _nodes[0].IsDown = true;
        foreach (var call in calls) await Assert.ThrowsAsync<MarketUnavailableException>(call);
        await Assert.ThrowsAsync<MarketUnavailableException>(() => market.GetTickAsync(CancellationToken.None));
    }

    [Fact]
    public async Task FindOrderAsync_AnswerAboutAnotherOrder_Throws()
    {
        var market = await CreateSut();
        _nodes[0].Abci.On(QueryPaths.Order, _ => new QueryOrderResponse { Order = CreateOrder() });

        Assert.Equal(OrderId, (await market.FindOrderAsync(OrderId, CancellationToken.None))?.Id);
        await Assert.ThrowsAsync<MarketUnavailableException>(() => market.FindOrderAsync(OrderId with { Oseq = 9 }, CancellationToken.None));
    }

    [Fact]
    public async Task CountBidsAsync_LostBids_DoNotCount()
    {
        var market = await CreateSut();
        var asked = new QueryBidsRequest();
        _nodes[0].Abci.On(QueryPaths.Bids, QueryBidsRequest.Parser, request =>
        {
            asked = request;
            return new QueryBidsResponse { Bids = { Enumerable.Range(1, 4).Select(state => new QueryBidResponse { Bid = new() { State = (Wire.Market.V1Beta5.Bid.Types.State)state } }) } };
        });

        Assert.Equal(3, await market.CountBidsAsync(OrderId, CancellationToken.None));
        Assert.Equal((OrderId.Owner.Value, OrderId.Dseq, 1u, 2u, ""), (asked.Filters.Owner, asked.Filters.Dseq, asked.Filters.Gseq, asked.Filters.Oseq, asked.Filters.State));
    }

    [Fact]
    public async Task Bids_Vectors_BecomeBids()
    {
        var market = await CreateSut();
        AnswerWith(QueryPaths.Bids, "own bids");
        AnswerWith(QueryPaths.Bid, "one bid");
        var wire = QueryBidResponse.Parser.ParseFrom(Response("one bid")).Bid;
        var id = WireIds.ToBidId(wire.Id);

        var bid = await market.FindBidAsync(id, CancellationToken.None);
        var own = await market.ListOwnBidsAsync(BidState.Open, CancellationToken.None).ToListAsync();

        Assert.Equal(id, bid?.Id);
        Assert.Equal(Rate.PerTick(Decimal18.FromAtomics(System.Numerics.BigInteger.Parse(wire.Price.Amount)), Denom.Parse(wire.Price.Denom)), bid?.Price);
        Assert.All(own, entry => Assert.Equal(TestKeys.ProviderAddress, entry.Id.Provider));
    }

    [Fact]
    public async Task Leases_Vectors_BecomeAccounts()
    {
        var market = await CreateSut();
        var leases = QueryLeasesResponse.Parser.ParseFrom(Response("own active leases"));
        leases.Pagination = null;
        _nodes[0].Abci.On(QueryPaths.Leases, _ => leases);
        AnswerWith(QueryPaths.Lease, "one lease");
        var id = WireIds.ToLeaseId(QueryLeaseResponse.Parser.ParseFrom(Response("one lease")).Lease.Id);

        var account = await market.FindLeaseAsync(id, CancellationToken.None);
        var own = await market.ListOwnLeasesAsync(LeaseState.Active, CancellationToken.None).ToListAsync();

        Assert.NotNull(account);
        Assert.Equal(id, account.Lease.Id);
        Assert.Equal(id, account.Payment.Lease);
        Assert.Equal(account.Lease.Price.Denom, account.Payment.Withdrawn.Denom);
        Assert.NotEmpty(own);
    }

    [Fact]
    public async Task FindDeploymentAsync_Vector_HasGroupsHashAndMoney()
    {
        var market = await CreateSut();
        AnswerWith(QueryPaths.Deployment, "deployment");

        var deployment = await market.FindDeploymentAsync(OrderId.Deployment, CancellationToken.None);

        Assert.NotNull(deployment);
        Assert.True(deployment.IsActive);
        Assert.NotEmpty(deployment.Groups);
        Assert.NotEmpty(deployment.Escrow.Funds);
        Assert.Equal(64, deployment.Manifest.Hex.Length);
    }

    [Fact]
    public async Task Others_Vectors_AreRead()
    {
        var market = await CreateSut();
        AnswerWith(QueryPaths.Provider, "provider");
        AnswerWith(QueryPaths.ProviderAudits, "all audits of a provider");
        AnswerWith(QueryPaths.Certificates, "certificates of an owner by serial");
        AnswerWith(QueryPaths.Balance, "bank balance");
        AnswerWith(QueryPaths.AccountInfo, "auth account info");
        AnswerWith(QueryPaths.MarketParams, "market params");

        var provider = await market.FindProviderAsync(TestKeys.ProviderAddress, CancellationToken.None);
        Assert.Equal(TestKeys.ProviderAddress, provider?.Account);
        Assert.Equal("https", provider?.HostUri.Scheme);
        Assert.All(await market.ListAuditsAsync(TestKeys.ProviderAddress, CancellationToken.None), audit => Assert.NotEmpty(audit.Attributes));

        var serial = Wire.Cert.QueryCertificatesResponse.Parser.ParseFrom(Response("certificates of an owner by serial")).Certificates[0].Serial;
        var certificate = await market.FindCertificateAsync(TestKeys.ProviderAddress, serial, CancellationToken.None);
        Assert.StartsWith("-----BEGIN CERTIFICATE-----", certificate?.CertificatePem);
        Assert.Null(await market.FindCertificateAsync(TestKeys.ProviderAddress, "1", CancellationToken.None));

        var coin = Wire.Bank.QueryBalanceResponse.Parser.ParseFrom(Response("bank balance")).Balance;
        Assert.Equal(Coin.Parse(coin.Amount + coin.Denom), await market.GetBalanceAsync(TestKeys.ProviderAddress, Denom.Parse(coin.Denom), CancellationToken.None));

        var info = Wire.Auth.QueryAccountInfoResponse.Parser.ParseFrom(Response("auth account info")).Info;
        Assert.Equal(33, (await market.FindPublicKeyAsync(AccountAddress.Parse(info.Address), CancellationToken.None))?.Length);
        await Assert.ThrowsAsync<MarketUnavailableException>(() => market.FindPublicKeyAsync(TestKeys.Other, CancellationToken.None)); // a key of somebody else

        var parameters = await market.GetParametersAsync(CancellationToken.None);
        Assert.NotEmpty(parameters.MinBidDeposits);
        Assert.Equal(TimeSpan.FromHours(1), parameters.ReclaimWindow?.Min);
    }

    [Fact]
    public async Task GetParametersAsync_OlderChain_HasNoReclamationAndOneDeposit()
    {
        var market = await CreateSut();
        _nodes[0].Abci.On(QueryPaths.MarketParams, _ => new QueryParamsResponse { Params = new() { BidMinDeposit = new() { Denom = "uakt", Amount = "5000000" }, OrderMaxBids = 20 } });

        var parameters = await market.GetParametersAsync(CancellationToken.None);

        Assert.Equal([Coin.Parse("5000000uakt")], parameters.MinBidDeposits);
        Assert.Equal(21, parameters.MaxBidsPerOrder); // the chain refuses once there are more than 20
        Assert.Null(parameters.ReclaimWindow);
    }

    [Fact]
    public async Task Find_OlderStateThanHandled_IsNotAccepted()
    {
        var market = await CreateSut();
        _nodes[0].Abci.On(QueryPaths.Order, _ => new QueryOrderResponse { Order = CreateOrder() });
        _host!.Get<EndpointPool>().RaiseFloor(105);

        var find = market.FindOrderAsync(OrderId, CancellationToken.None);
        await Eventually.BecomesTrueAsync("it was asked more than once", () => _nodes[0].Calls.GetValueOrDefault("abci_query") > 2);
        Assert.False(find.IsCompleted);
        _chain.Produce(5);

        Assert.NotNull(await find);
        Assert.False(_host.Log.Has("EndpointFailed")); // slow, not broken
    }

    [Fact]
    public async Task FindLeaseAsync_OneEndpointSaysEnded_TheOtherMustAgree()
    {
        var market = await CreateSut(2);
        var answer = QueryLeaseResponse.Parser.ParseFrom(Response("one lease"));
        answer.Lease.State = Wire.Market.V1.Lease.Types.State.Active;
        var id = WireIds.ToLeaseId(answer.Lease.Id);
        _nodes[0].Abci.On(QueryPaths.Lease, _ => null);
        _nodes[1].Abci.On(QueryPaths.Lease, _ => answer);

        var disagree = await Assert.ThrowsAsync<MarketUnavailableException>(() => market.FindLeaseAsync(id, CancellationToken.None));
        Assert.Contains("agree", disagree.Message);

        _nodes[1].IsDown = true;
        await Assert.ThrowsAsync<MarketUnavailableException>(() => market.FindLeaseAsync(id, CancellationToken.None)); // nobody confirms it

        _nodes[1].IsDown = false;
        _nodes[1].Abci.On(QueryPaths.Lease, _ => null);
        Assert.Null(await market.FindLeaseAsync(id, CancellationToken.None));

        _nodes[0].Abci.On(QueryPaths.Lease, _ => answer); // running: no second opinion is needed
        var calls = _nodes[1].Calls.GetValueOrDefault("abci_query");
        Assert.NotNull(await market.FindLeaseAsync(id, CancellationToken.None));
        Assert.Equal(calls, _nodes[1].Calls.GetValueOrDefault("abci_query"));
    }

    [Fact]
    public async Task FindDeploymentAsync_ConfirmOnOne_TakesOneWord()
    {
        var market = await CreateSut(2, options => options.ConfirmOn = 1);
        _nodes[0].Abci.On(QueryPaths.Deployment, _ => null);

        Assert.Null(await market.FindDeploymentAsync(OrderId.Deployment, CancellationToken.None));
        Assert.Equal(0, _nodes[1].Calls.GetValueOrDefault("abci_query"));
    }

    [Fact]
    public async Task GetTickAsync_IsTheLatestBlock()
    {
        var market = await CreateSut();

        Assert.Equal(100, (await market.GetTickAsync(CancellationToken.None)).Value);
    }

    private static WireOrder CreateOrder() => WireOrder.Parser.ParseFrom(VectorFile.Entry("messages", 0).Hex("protobuf.hex"));

    private static byte[] Response(string name) => VectorFile.Entries("queries").First(entry => entry.Text("name") == name).Hex("response.protobuf.hex");

    private void AnswerWith(string path, string name)
    {
        var entry = VectorFile.Entries("queries").First(entry => entry.Text("name") == name);
        Assert.Equal(path, entry.Text("grpc_method"));
        _nodes[0].Abci.On(path, _ => VectorMessage.Parse(entry.Text("response.type"), entry.Hex("response.protobuf.hex")));
    }

    private async Task<IMarketplace> CreateSut(int nodes = 1, Action<ChainOptions>? configure = null)
    {
        for (var i = 0; i < nodes; i++) _nodes.Add(await ScriptedNode.StartAsync(_chain));
        _host = ChainHost.Build(new MemoryOutbox(), configure, null, [.. _nodes]);
        return _host.Market;
    }
}
