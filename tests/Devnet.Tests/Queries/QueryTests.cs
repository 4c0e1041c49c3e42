using System.Text.Json.Nodes;
using Google.Protobuf;
using ProviderAgent.Chain.Mapping;
using ProviderAgent.Chain.Transactions;
using ProviderAgent.Devnet.Tests.Harness;
using BankWire = ProviderAgent.Devnet.TenantWire.Bank;
using MarketWire = ProviderAgent.Chain.Wire.Market.V1Beta5;
using Page = ProviderAgent.Chain.Wire.Base.Query.PageRequest;

namespace ProviderAgent.Devnet.Tests.Queries;

public sealed class QueryTests
{
    private const string Orders = "/akash.market.v1beta5.Query/Orders";
    private const string Leases = "/akash.market.v1beta5.Query/Leases";

    [Theory]
    [InlineData("/akash.market.v1beta5.Query/Order", 22, "invalid order: order not found")]
    [InlineData("/akash.market.v1beta5.Query/Bid", 22, "invalid bid: bid not found")]
    [InlineData("/akash.market.v1beta5.Query/Lease", 22, "invalid lease: lease not found")]
    [InlineData("/akash.deployment.v1beta4.Query/Deployment", 22, "Deployment not found")]
    [InlineData("/akash.deployment.v1beta4.Query/Group", 22, "Group not found")]
    [InlineData("/akash.provider.v1beta4.Query/Provider", 22, "invalid provider: address not found")]
    [InlineData("/akash.audit.v1.Query/ProviderAttributes", 22, "invalid provider: address not found")]
    [InlineData("/akash.market.v1beta4.Query/Orders", 6, "unknown query path")]
    [InlineData("/nonsense", 6, "unknown query path")]
    public async Task Missing_IsCode22_UnknownIs6(string path, int code, string text)
    {
        await using var node = await RpcNode.StartAsync();
        var (owner, provider) = (node.Chain.TenantKey.Address.Value, node.Chain.ProviderKey.Address.Value);
        IMessage request = path[path.LastIndexOf('/')..] switch
        {
            "/Order" => new MarketWire.QueryOrderRequest { Id = new() { Owner = owner, Dseq = 1, Gseq = 1, Oseq = 1 } },
            "/Bid" => new MarketWire.QueryBidRequest { Id = new() { Owner = owner, Dseq = 1, Gseq = 1, Oseq = 1, Provider = provider } },
            "/Lease" => new MarketWire.QueryLeaseRequest { Id = new() { Owner = owner, Dseq = 1, Gseq = 1, Oseq = 1, Provider = provider } },
            "/Deployment" or "/Group" => new Wire.Deployment.V1Beta4.QueryGroupRequest { Id = new() { Owner = owner, Dseq = 1, Gseq = path.EndsWith("Group", StringComparison.Ordinal) ? 1u : 0 } },
            _ => new Wire.Provider.QueryProviderRequest { Owner = provider },
        };

        var response = await node.QueryRawAsync(path, request);

        Assert.Equal(code, response["code"]!.GetValue<int>());
        Assert.Equal("sdk", response["codespace"]!.GetValue<string>());
        Assert.Contains(text, response["log"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Null(response["value"]);
    }

    [Fact]
    public async Task Malformed_Requests_AreErrors()
    {
        await using var node = await RpcNode.StartAsync();

        Assert.Equal(18, (await node.QueryRawAsync(Orders, new MarketWire.QueryOrdersRequest { Filters = new() { State = "sleeping" } }))["code"]!.GetValue<int>());
        Assert.Equal(18, (await node.QueryRawAsync(Orders, new MarketWire.QueryOrdersRequest { Pagination = new() { Offset = 1 } }))["code"]!.GetValue<int>());
        Assert.Equal(18, (await node.QueryRawAsync("/cosmos.auth.v1beta1.Query/Account", new Wire.Auth.QueryAccountRequest { Address = "x" }))["code"]!.GetValue<int>());
        Assert.Equal(22, (await node.QueryRawAsync(
            "/cosmos.auth.v1beta1.Query/Account", new Wire.Auth.QueryAccountRequest { Address = TestKeys.Of("nobody").Address.Value }))["code"]!.GetValue<int>());
        var garbage = await node.ResultAsync("abci_query", new JsonObject { ["path"] = Orders, ["data"] = "ff" });
        Assert.Equal(6, garbage["response"]!["code"]!.GetValue<int>());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Pages_OfOpenOrders_HoldEachOnceInOrder(bool reverse)
    {
        await using var node = await RpcNode.StartAsync();
        var tenant = node.Chain.TenantKey;
        foreach (var dseq in new ulong[] { 7, 100, 20, 3, 55 }) await node.DoAsync(tenant, Market.CreateDeployment(tenant, dseq, 600_000, Market.Group("one"), Market.Group("two")));
        await node.DoAsync(tenant, Market.CloseDeployment(tenant, 20));

        var open = await ReadAllAsync(node, new() { State = "open" }, limit: 3, reverse);
        var all = await ReadAllAsync(node, new(), limit: 4, reverse);
        var owned = await ReadAllAsync(node, new() { Owner = tenant.Address.Value }, limit: 4, reverse);
        var one = await ReadAllAsync(node, new() { Dseq = 55, Gseq = 2 }, limit: 4, reverse);

        ulong[] dseqs = [3, 3, 7, 7, 55, 55, 100, 100];
        Assert.Equal(reverse ? dseqs.Reverse() : dseqs, open.Select(order => order.Id.Dseq));
        Assert.Equal(10, all.Distinct().Count());
        Assert.Equal(20UL, reverse ? all[0].Id.Dseq : all[^1].Id.Dseq); // closed ones come last
        ulong[] ownDseqs = [3, 3, 7, 7, 20, 20, 55, 55, 100, 100];
        Assert.Equal(reverse ? ownDseqs.Reverse() : ownDseqs, owned.Select(order => order.Id.Dseq)); // by owner, states are mixed
        Assert.Equal((55UL, 2u), (one.Single().Id.Dseq, one.Single().Id.Gseq));
    }

    [Fact]
    public async Task Page_TotalIsOfThePageAndDamagedKeysAreRefused()
    {
        await using var node = await RpcNode.StartAsync();
        foreach (var dseq in new ulong[] { 1, 2, 3 }) await node.DoAsync(node.Chain.TenantKey, Market.CreateDeployment(node.Chain.TenantKey, dseq, 600_000));
        var first = await node.QueryAsync(Orders, new MarketWire.QueryOrdersRequest { Pagination = new() { Limit = 2, CountTotal = true } }, MarketWire.QueryOrdersResponse.Parser);
        Assert.Equal((2UL, false), (first.Pagination.Total, first.Pagination.NextKey.IsEmpty));

        var damaged = first.Pagination.NextKey.ToByteArray();
        damaged[^1] ^= 1;
        foreach (var key in new[] { damaged, [1, 2], new byte[50] })
        {
            var response = await node.QueryRawAsync(Orders, new MarketWire.QueryOrdersRequest { Pagination = new() { Key = ByteString.CopyFrom(key) } });
            Assert.Equal(18, response["code"]!.GetValue<int>());
        }

        var offset = await node.QueryAsync(
            Orders, new MarketWire.QueryOrdersRequest { Filters = new() { State = "open" }, Pagination = new() { Offset = 2 } }, MarketWire.QueryOrdersResponse.Parser);
        Assert.Equal(3UL, offset.Orders.Single().Id.Dseq);
    }

    [Fact]
    public async Task Leases_ActiveAndReclaiming_AreAskedForSeparately()
    {
        await using var node = await RpcNode.StartAsync();
        var provider = node.Chain.ProviderKey;
        var lease = await node.OpenLeaseAsync();
        var filter = new Wire.Market.V1.LeaseFilters { Provider = provider.Address.Value, State = "active" };
        var active = await node.QueryAsync(Leases, new MarketWire.QueryLeasesRequest { Filters = filter }, MarketWire.QueryLeasesResponse.Parser);
        Assert.Equal(WireIds.ToWire(lease), active.Leases.Single().Lease.Id);
        Assert.Equal("50000000000000000000", active.Leases.Single().EscrowPayment.State.Rate.Amount);

        filter.State = "reclaiming";
        Assert.Empty((await node.QueryAsync(Leases, new MarketWire.QueryLeasesRequest { Filters = filter }, MarketWire.QueryLeasesResponse.Parser)).Leases);
        filter.Provider = node.Chain.TenantKey.Address.Value;
        filter.State = "active";
        Assert.Empty((await node.QueryAsync(Leases, new MarketWire.QueryLeasesRequest { Filters = filter }, MarketWire.QueryLeasesResponse.Parser)).Leases);
    }

    [Fact]
    public async Task Escrow_FoundByTheBeginningOfItsId()
    {
        await using var node = await RpcNode.StartAsync();
        var lease = await node.OpenLeaseAsync(dseq: 12);
        await node.DoAsync(node.Chain.TenantKey, Market.CreateDeployment(node.Chain.TenantKey, 123, 600_000));

        Assert.Equal(2, (await AccountsAsync($"deployment/{lease.Owner}/12")).Accounts.Count);
        Assert.Single((await AccountsAsync($"bid/{lease.Owner}/12/1/1/{lease.Provider}")).Accounts);
        Assert.Single((await node.QueryAsync(
            "/akash.escrow.v1.Query/Payments",
            new Wire.Escrow.V1.QueryPaymentsRequest { State = "open", Xid = $"deployment/{lease.Owner}/12/" },
            Wire.Escrow.V1.QueryPaymentsResponse.Parser)).Payments);

        Task<Wire.Escrow.V1.QueryAccountsResponse> AccountsAsync(string xid) => node.QueryAsync(
            "/akash.escrow.v1.Query/Accounts", new Wire.Escrow.V1.QueryAccountsRequest { State = "open", Xid = xid }, Wire.Escrow.V1.QueryAccountsResponse.Parser);
    }

    [Fact]
    public async Task Balances_OneAllAndNone()
    {
        await using var node = await RpcNode.StartAsync();
        var address = node.Chain.ProviderKey.Address.Value;

        var one = await node.QueryAsync("/cosmos.bank.v1beta1.Query/Balance", new Wire.Bank.QueryBalanceRequest { Address = address, Denom = "uakt" }, Wire.Bank.QueryBalanceResponse.Parser);
        var none = await node.QueryAsync("/cosmos.bank.v1beta1.Query/Balance", new Wire.Bank.QueryBalanceRequest { Address = address, Denom = "uusd" }, Wire.Bank.QueryBalanceResponse.Parser);
        var all = await node.QueryAsync("/cosmos.bank.v1beta1.Query/AllBalances", new BankWire.QueryAllBalancesRequest { Address = address }, BankWire.QueryAllBalancesResponse.Parser);
        var first = await node.QueryAsync(
            "/cosmos.bank.v1beta1.Query/AllBalances", new BankWire.QueryAllBalancesRequest { Address = address, Pagination = new() { Limit = 1 } }, BankWire.QueryAllBalancesResponse.Parser);
        var second = await node.QueryAsync(
            "/cosmos.bank.v1beta1.Query/AllBalances",
            new BankWire.QueryAllBalancesRequest { Address = address, Pagination = new() { Key = first.Pagination.NextKey } },
            BankWire.QueryAllBalancesResponse.Parser);

        Assert.Equal(("1000000000", "0"), (one.Balance.Amount, none.Balance.Amount));
        Assert.Equal(["uact", "uakt"], all.Balances.Select(coin => coin.Denom));
        Assert.Equal(["uact", "uakt"], first.Balances.Concat(second.Balances).Select(coin => coin.Denom));
    }

    [Fact]
    public async Task Heights_OlderStatesCanBeAskedOfForAWhile()
    {
        await using var node = await RpcNode.StartAsync();
        var provider = node.Chain.ProviderKey;
        await node.DoAsync(provider, Market.CreateProvider(provider));
        var request = new Wire.Provider.QueryProviderRequest { Owner = provider.Address.Value };

        Assert.Equal(22, (await node.QueryRawAsync("/akash.provider.v1beta4.Query/Provider", request, 1))["code"]!.GetValue<int>());
        Assert.Equal("2", (await node.QueryRawAsync("/akash.provider.v1beta4.Query/Provider", request, 2))["height"]!.GetValue<string>());
        Assert.Equal(26, (await node.QueryRawAsync("/akash.provider.v1beta4.Query/Provider", request, 3))["code"]!.GetValue<int>());
        await node.Chain.ProduceBlockAsync(200);
        Assert.Equal(38, (await node.QueryRawAsync("/akash.provider.v1beta4.Query/Provider", request, 2))["code"]!.GetValue<int>());
    }

    [Fact]
    public async Task Simulate_TellsGasAndErrorsAsText()
    {
        await using var node = await RpcNode.StartAsync();
        var tenant = node.Chain.TenantKey;
        var good = TransactionBuilder.ForSimulation(TransactionBuilder.Body([Market.CreateDeployment(tenant)]), new(), tenant.PublicKey, 0);
        var bad = TransactionBuilder.ForSimulation(TransactionBuilder.Body([Market.CloseDeployment(tenant)]), new(), tenant.PublicKey, 0);
        const string path = "/cosmos.tx.v1beta1.Service/Simulate";

        var answer = await node.QueryAsync(path, new Wire.Tx.SimulateRequest { TxBytes = ByteString.CopyFrom(good) }, Wire.Tx.SimulateResponse.Parser);
        var refused = await node.QueryRawAsync(path, new Wire.Tx.SimulateRequest { TxBytes = ByteString.CopyFrom(bad) });

        Assert.InRange(answer.GasInfo.GasUsed, 50_000UL, 500_000UL);
        Assert.Equal("/akash.deployment.v1beta4.MsgCreateDeploymentResponse", answer.Result.MsgResponses.Single().TypeUrl);
        Assert.Equal(6, refused["code"]!.GetValue<int>());
        Assert.Contains("failed to execute message; message index: 0: Deployment not found with gas used: '", refused["log"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Parameters_OfAnOlderNode_HaveNoReclamation()
    {
        await using var node = await RpcNode.StartAsync(options => options.Reclamation = false);

        var parameters = await node.QueryAsync("/akash.market.v1beta5.Query/Params", new MarketWire.QueryParamsRequest(), MarketWire.QueryParamsResponse.Parser);

        Assert.Null(parameters.Params.MaxReclamationWindow);
        Assert.Equal(20u, parameters.Params.OrderMaxBids);
    }

    private static async Task<List<MarketWire.Order>> ReadAllAsync(RpcNode node, MarketWire.OrderFilters filters, ulong limit, bool reverse)
    {
        var found = new List<MarketWire.Order>();
        var page = new Page { Limit = limit, Reverse = reverse };
        while (true)
        {
            var answer = await node.QueryAsync(Orders, new MarketWire.QueryOrdersRequest { Filters = filters, Pagination = page }, MarketWire.QueryOrdersResponse.Parser);
            found.AddRange(answer.Orders);
            if (answer.Pagination.NextKey.IsEmpty) return found;
            page.Key = answer.Pagination.NextKey;
        }
    }
}
