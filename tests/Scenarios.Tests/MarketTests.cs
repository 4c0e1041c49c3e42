using System.Numerics;
using System.Text.Json.Nodes;
using ProviderAgent.Devnet.Hosting;
using ProviderAgent.Devnet.Tenant;
using ProviderAgent.Docker;
using ProviderAgent.Marketplace;
using ProviderAgent.Scenarios.Tests.Support;

namespace ProviderAgent.Scenarios.Tests;

/// <summary>A market with many tenants and three daemons that compete.</summary>
public sealed class MarketTests
{
    private const int Tenants = 50;
    private const int DeploymentsEach = 5;
    private const int Denied = 5;
    private const int Fickle = 10;
    private const int Orders = Tenants * DeploymentsEach * MixedDeployments.Groups;

    // Each is the cheapest for some kinds: the first for processors, the second for memory, the third for what costs both of them much.
    // The second locks its deposits in the coin that leases are paid in, sends no bid for a trifle, and the third does not serve some tenants.
    private const string Cpu = """
        bidding: {max_open: 2000, sweep_interval: 10s, timeout: 0, reclamation_window: 48h}
        pricing: {rates: {cpu: 100, memory: 5000}, floor: {mode: off}}
        """;

    private const string Memory = """
        bidding: {max_open: 2000, sweep_interval: 10s, timeout: 0, deposit: 700000uact}
        pricing: {rates: {cpu: 5000, memory: 50}, floor: {mode: off}, rules: [{name: trifles, when: {price_below: 50.2}, refuse: too small}]}
        """;

    private static string Script(string path, IEnumerable<AccountAddress> strangers) => $"""
        bidding:
          max_open: 2000
          sweep_interval: 10s
          timeout: 0
          lists:
            - name: strangers
              effect: deny
              subject: owner
              entries: [{string.Join(", ", strangers)}]
        pricing:
          policy: script
          script:
            path: "{path}"
          floor:
            mode: off
        """;

    [NeedsFact(MachineNeeds.DockerSocket, "nft")]
    public async Task ThousandOrders_ThreeProviders_EveryOrderHasItsReasonAndEveryUnitIsAccountedFor()
    {
        using var folder = new TempFolder();
        var home = folder.File("chain");
        await using var chain = await DevnetChain.StartAsync(new()
        {
            Listen = "127.0.0.1:0",
            BlockTime = TimeSpan.FromMilliseconds(250),
            Home = home,
            Accounts = [.. Names("provider", 3).Concat(Names("tenant", Tenants)).Select(name => new DevnetAccountOptions { Name = name, Coins = [Coin.Parse("2000000000uakt"), Coin.Parse("1000000000uact")] })],
        });
        using var record = new BlockRecord(chain.RpcAddress);
        var script = folder.Program("price.sh", "#!/bin/sh\ncat >/dev/null\necho 20\n");
        DevnetTenant[] tenants = [.. Names("tenant", Tenants).Select(name => new DevnetTenant(chain.KeyOf(name), new() { Rpc = chain.RpcAddress }))];
        var keys = DevnetHome.Open(home);
        await using var first = new Competitor(chain, keys, folder.Path, "provider1", 1, Cpu);
        await using var second = new Competitor(chain, keys, folder.Path, "provider2", 2, Memory);
        await using var third = new Competitor(chain, keys, folder.Path, "provider3", 3, Script(script, tenants[..Denied].Select(tenant => tenant.Address)));
        Competitor[] all = [first, second, third];
        try
        {
            await Task.WhenAll(all.Select(provider => provider.StartAsync()));
            var fickle = FickleAsync(tenants[^Fickle..]);
            var orders = await PostAsync(tenants);
            await AllDecidedAsync(all, orders, await fickle);
            AssertReasons(all, orders);
            await AssertMoneyAsync(all, record, orders, isOver: false);

            var won = await AcceptAsync(tenants, all, orders);
            await EarnAsync(all, won);
            await CloseAllAsync(tenants, orders);
            foreach (var provider in all) await BooksCloseAsync(provider);
            await AssertMoneyAsync(all, record, orders, isOver: true);
            AssertWinnersAreKnown(all, won);
            await AssertStoriesAsync(first, orders, won);
            foreach (var provider in all) Assert.Equal(0, (await provider.StopAsync()).ExitCode);
        }
        finally
        {
            foreach (var tenant in tenants) tenant.Dispose();
            await RemoveNetworksAsync(all);
        }
    }

    private static IEnumerable<string> Names(string name, int count) => Enumerable.Range(1, count).Select(i => $"{name}{i}");

    /// <summary>Every tenant posts its deployments one after the other, all tenants side by side.</summary>
    private static async Task<Dictionary<OrderId, PostedOrder>> PostAsync(DevnetTenant[] tenants)
    {
        var posted = await Task.WhenAll(tenants.Select(async (tenant, at) =>
        {
            var mine = new List<PostedOrder>();
            for (var i = 0; i < DeploymentsEach; i++)
            {
                var number = (at * DeploymentsEach) + i;
                var wantsNotice = number % 11 == 5;
                var deployment = await tenant.DeployAsync(MixedDeployments.Sdl(number, wantsNotice), Coin.Parse("5000000uact"));
                for (var group = 0; group < MixedDeployments.Groups; group++)
                    mine.Add(new(new(tenant.Address, deployment.Dseq, (uint)group + 1, 1), at, MixedDeployments.KindOf(number, group), wantsNotice));
            }

            return mine;
        }));
        return posted.SelectMany(orders => orders).ToDictionary(order => order.Id);
    }

    /// <summary>Orders that are gone as soon as they are there, with or without bids on them.</summary>
    private static async Task<OrderId[]> FickleAsync(DevnetTenant[] tenants)
    {
        var gone = await Task.WhenAll(tenants.Select(async tenant =>
        {
            var deployment = await tenant.DeployAsync(MixedDeployments.Sdl(0, wantsNotice: false), Coin.Parse("5000000uact"));
            await tenant.CloseAsync(deployment.Dseq);
            return Enumerable.Range(1, MixedDeployments.Groups).Select(group => new OrderId(tenant.Address, deployment.Dseq, (uint)group, 1));
        }));
        return [.. gone.SelectMany(orders => orders)];
    }

    private static async Task AllDecidedAsync(Competitor[] all, Dictionary<OrderId, PostedOrder> orders, OrderId[] fickle)
    {
        Assert.Equal(Orders, orders.Count);
        foreach (var provider in all)
        {
            await provider.UntilAsync("a decision and a record of each order, and each bid on the chain", async () =>
            {
                using var ledger = provider.OpenLedger();
                var decided = ledger.Decisions();
                var open = (await provider.ReadAsync("/api/v1/bids"))["bids"]!.AsArray();
                return orders.Keys.Concat(fickle).All(decided.ContainsKey)
                    && orders.Keys.All(ledger.SeenOrders().ContainsKey)
                    && open.Count == decided.Values.Count(decision => decision.IsBid && orders.ContainsKey(decision.Order))
                    && open.All(bid => bid!["stage"]!.ToString() == "BidOpen");
            });
        }
    }

    /// <summary>The reason in each ledger is the one that the order was made for.</summary>
    private static void AssertReasons(Competitor[] all, Dictionary<OrderId, PostedOrder> orders)
    {
        for (var i = 0; i < all.Length; i++)
        {
            using var ledger = all[i].OpenLedger();
            var decided = ledger.Decisions();
            Assert.Empty(orders.Keys.Except(ledger.SeenOrders().Keys));
            var wrong = orders.Values.Select(order => (order, expected: Expected(i, order), decided[order.Id].Reason, decided[order.Id].Detail))
                .Where(line => line.expected != line.Reason)
                .GroupBy(line => $"{line.order.Kind.Name}: {line.expected} was expected, {line.Reason} ({line.Detail}) was decided")
                .Select(group => $"{group.Key}, {group.Count()} times");
            Assert.True(!wrong.Any(), $"{all[i].Name}: {string.Join("\n", wrong)}");
        }
    }

    private static string Expected(int provider, PostedOrder order)
    {
        if (provider == 2 && order.Tenant < Denied) return "OwnerDenied";
        if (order.Kind.Name == "region" && provider != 0) return "AttributesMissing";
        var later = order.Kind.DeclinedFor is "DoesNotFit" or "AboveLimit"; // rules that come after the one about notice
        if (order.Kind.DeclinedFor is { } reason && !later) return reason;
        if (order.WantsNotice && provider != 0) return "ReclaimNotOffered";
        if (provider == 1 && order.Kind.Name == "trifle") return "PriceRule";
        return order.Kind.DeclinedFor ?? "Bid";
    }

    /// <summary>Fees, deposits and income of each ledger against what the chain moved; to the unit, in both coins.</summary>
    private static async Task AssertMoneyAsync(Competitor[] all, BlockRecord record, Dictionary<OrderId, PostedOrder> orders, bool isOver)
    {
        var transactions = await record.ListTransactionsAsync();
        foreach (var provider in all)
        {
            using var ledger = provider.OpenLedger();
            var events = transactions.SelectMany(transaction => transaction.Events).ToArray();
            var fees = events.Where(entry => entry.Type == "tx" && entry.Attributes.GetValueOrDefault("fee_payer") == provider.Account.Value).Sum(entry => Coin.Parse(entry.Attributes["fee"]).Amount);
            Assert.Equal(fees, ledger.Fees());
            var bids = transactions.Where(transaction => transaction.Code == 0).SelectMany(transaction => transaction.Events)
                .Where(entry => entry.Type.EndsWith("EventBidCreated", StringComparison.Ordinal)).Select(entry => BidOf(entry.Attributes["id"])).Where(bid => bid.Provider == provider.Account).ToHashSet();
            var deposits = ledger.Deposits();
            Assert.Equal(bids, [.. deposits.Keys]);
            Assert.All(deposits.Values, deposit => Assert.Equal(provider == all[1] ? "700000uact" : "500000uakt", deposit.ToString()));
            Assert.Equal(bids.Select(bid => bid.Order).Where(orders.ContainsKey).ToHashSet(), [.. ledger.Decisions().Values.Where(decision => decision.IsBid && orders.ContainsKey(decision.Order)).Select(decision => decision.Order)]);
            long Locked(string denom) => isOver ? 0 : deposits.Where(bid => orders.ContainsKey(bid.Key.Order) && bid.Value.Denom.Value == denom).Sum(bid => bid.Value.Amount);
            Assert.Equal(provider.Balance.Akt, provider.Before.Akt - fees - Locked("uakt"));
            Assert.Equal(provider.Balance.Act, provider.Before.Act - Locked("uact") + ledger.Income("uact"));
        }
    }

    private static BidId BidOf(string json)
    {
        var id = JsonNode.Parse(json)!;
        return BidId.Parse($"{id["owner"]}/{id["dseq"]}/{id["gseq"]}/{id["oseq"]}/{id["provider"]}");
    }

    /// <summary>For each provider two orders that it is the cheapest for are taken.</summary>
    private static async Task<Dictionary<OrderId, Competitor>> AcceptAsync(DevnetTenant[] tenants, Competitor[] all, Dictionary<OrderId, PostedOrder> orders)
    {
        var offers = await Task.WhenAll(orders.Keys.Select(order => order.Deployment).Distinct().Select(async deployment =>
            await tenants[orders.Values.First(order => order.Id.Deployment == deployment).Tenant].ListBidsAsync(deployment.Dseq)));
        var cheapest = offers.SelectMany(bids => bids).Where(bid => bid.State == "open").GroupBy(bid => bid.Id.Order).Select(bids => bids.MinBy(bid => decimal.Parse(bid.Price, System.Globalization.CultureInfo.InvariantCulture))!).ToArray();
        var won = new Dictionary<OrderId, Competitor>();
        foreach (var provider in all)
        {
            var chances = cheapest.Where(bid => bid.Provider == provider.Account.Value).OrderBy(bid => bid.Bid, StringComparer.Ordinal).ToArray();
            Assert.NotEmpty(chances);
            foreach (var bid in chances.Take(2))
            {
                await tenants[orders[bid.Id.Order].Tenant].AcceptAsync(bid.Id);
                won[bid.Id.Order] = provider;
            }
        }

        Assert.Equal(all, won.Values.Distinct());
        return won;
    }

    private static async Task EarnAsync(Competitor[] all, Dictionary<OrderId, Competitor> won)
    {
        foreach (var provider in all)
        {
            await provider.UntilAsync("some earnings of each lease", async () =>
            {
                var leases = (await provider.ReadAsync("/api/v1/earnings"))["leases"]!.AsArray();
                return leases.Count == won.Values.Count(winner => winner == provider)
                    && leases.All(lease => lease!["owed"]?.ToString() is { } owed && char.IsAsciiDigit(owed[0]) && owed[0] != '0');
            });
        }
    }

    private static Task CloseAllAsync(DevnetTenant[] tenants, Dictionary<OrderId, PostedOrder> orders) => Task.WhenAll(
        orders.Values.GroupBy(order => order.Tenant).Select(async mine =>
        {
            foreach (var deployment in mine.Select(order => order.Id.Deployment.Dseq).Distinct()) await tenants[mine.Key].CloseAsync(deployment);
        }));

    private static Task BooksCloseAsync(Competitor provider) => provider.UntilAsync("the books to be closed", async () =>
    {
        using var ledger = provider.OpenLedger();
        return (await provider.ReadAsync("/api/v1/leases"))["leases"]!.AsArray().Count == 0
            && (await provider.ReadAsync("/api/v1/bids"))["bids"]!.AsArray().Count == 0
            && await provider.WithdrawnAsync("uact") == provider.Balance.Act - provider.Before.Act
            && (await provider.ReadAsync("/api/v1/status"))["resources"]!.AsArray().All(line => line!["used"]!.GetValue<long>() == 0)
            && ledger.Income("uact") == provider.Balance.Act - provider.Before.Act
            && provider.Balance.Akt == provider.Before.Akt - ledger.Fees();
    });

    /// <summary>Each provider knows to whom an order went, also those that it lost.</summary>
    private static void AssertWinnersAreKnown(Competitor[] all, Dictionary<OrderId, Competitor> won)
    {
        foreach (var provider in all)
        {
            using var ledger = provider.OpenLedger();
            var winners = ledger.SeenOrders().Where(order => order.Value is not null).ToDictionary(order => order.Key, order => order.Value);
            Assert.Equal(won.ToDictionary(order => order.Key, order => (string?)order.Value.Account.Value), winners);
            Assert.Equal(0, ledger.CountTakenBack()); // the chain closed the bids that lost: that cost nobody a transaction
            Assert.True(ledger.Income("uact") > BigInteger.Zero, $"{provider.Name} earned nothing");
        }
    }

    /// <summary>The reasons that a person gets told.</summary>
    private static async Task AssertStoriesAsync(Competitor provider, Dictionary<OrderId, PostedOrder> orders, Dictionary<OrderId, Competitor> won)
    {
        var elsewhere = orders.Values.First(order => order.Kind.Name == "elsewhere");
        var why = await provider.CliAsync("why", elsewhere.Id.ToString());
        Assert.Contains("the order requires region=moon", why.Output);
        var (gone, winner) = won.First(order => order.Value != provider);
        var lost = await provider.CliAsync("why", gone.ToString());
        Assert.Contains($"it went to {winner.Account} at ", lost.Output);
    }

    private static async Task RemoveNetworksAsync(Competitor[] all)
    {
        foreach (var provider in all) await provider.EndAsync();
        using var engine = new DockerClientConfiguration(new($"unix://{MachineNeeds.DockerSocket}")).CreateClient();
        foreach (var provider in all)
        {
            var filter = new Dictionary<string, IDictionary<string, bool>> { ["label"] = new Dictionary<string, bool> { [$"provider-agent.provider={provider.Account}"] = true } };
            foreach (var network in await engine.Networks.ListNetworksAsync(new() { Filters = filter }, CancellationToken.None)) await engine.Networks.DeleteNetworkAsync(network.ID, CancellationToken.None);
        }
    }

    /// <param name="Id">The order.</param>
    /// <param name="Tenant">Whose it is, by number.</param>
    /// <param name="Kind">What it asks for.</param>
    /// <param name="WantsNotice">A provider has to promise notice.</param>
    private sealed record PostedOrder(OrderId Id, int Tenant, OrderKind Kind, bool WantsNotice);
}
