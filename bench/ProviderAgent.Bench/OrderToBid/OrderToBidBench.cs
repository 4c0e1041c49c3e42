using System.Collections.Concurrent;
using System.Globalization;
using ProviderAgent.Bench.Reporting;
using ProviderAgent.Bench.World;
using ProviderAgent.Devnet.Tenant;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Bench.OrderToBid;

/// <summary>Our own time from hearing of an order to handing the signed bid to the node.</summary>
internal static class OrderToBidBench
{
    public const string Name = "order-to-bid";

    // Published by the reference provider's documentation: a log of one order, from seeing it to its bid transaction.
    private const double PeerMs = 334;

    // Target of this project, at the 99th percentile.
    private const double TargetMs = 50;

    /// <summary>As many tenants as orders come in one block when it gets busy.</summary>
    public const int BurstTenants = 10;

    private static readonly TimeSpan BlockTime = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan BidLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan BidPause = TimeSpan.FromSeconds(1);

    // Tenants look at the bids before they order again; without this their work for the next order would be measured as ours.
    private static readonly TimeSpan BetweenBursts = 3 * BlockTime;

    private static readonly string[] Settings =
    [
        "bidding.max_open=1000", "inventory.keep={storage: 1Gi}", "inventory.overcommit={cpu: 16, memory: 4}",
    ];

    // As small as the market allows, so that all of them fit this host at once.
    private const string Sdl = """
        version: "2.0"
        services:
          web:
            image: bench
            expose:
              - {port: 80, as: 80, to: [{global: true}]}
        profiles:
          compute:
            web: {resources: {cpu: {units: 0.01}, memory: {size: 16Mi}, storage: {size: 16Mi}}}
          placement:
            here: {attributes: {region: bench}, pricing: {web: {denom: uact, amount: 1000}}}
        deployment:
          web: {here: {profile: web, count: 1}}
        """;

    /// <param name="program">The daemon's executable.</param>
    /// <param name="orders">How many in all.</param>
    /// <param name="tenants">Who post them side by side: with one of them orders come one at a time.</param>
    /// <param name="time">Clock.</param>
    /// <param name="ct">Stops.</param>
    public static async Task<BenchResult> RunAsync(string program, int orders, int tenants, TimeProvider time, CancellationToken ct)
    {
        await using var market = await LocalMarket.StartAsync(program, BlockTime, tenants, ct);
        await using var proxy = await NodeProxy.StartAsync(market.Chain.RpcAddress, LocalMarket.FreePort(), time, ct);
        await using var daemon = await market.StartDaemonAsync(proxy.Address, Settings, time, ct);

        var posted = new ConcurrentDictionary<OrderId, long>();
        DevnetTenant[] posting = [.. Enumerable.Range(0, tenants).Select(market.Tenant)];
        for (var round = 0; round < orders / tenants; round++)
        {
            await Task.WhenAll(posting.Select(tenant => PostAsync(tenant, posted, ct)));
            if (tenants > 1) await Task.Delay(BetweenBursts, time, ct);
        }

        foreach (var tenant in posting) tenant.Dispose();
        var ways = await Patience.ForAsync("a bid on each order", BidLimit, BidPause, _ => Task.FromResult(AllBidOn(proxy, posted, time)), time, ct);

        var firstBlock = ways.Min(way => way.Height);
        var warm = ways.Where(way => way.Height > firstBlock).Select(way => way.Own).ToArray();
        var own = ways.Select(way => way.Own).ToArray();
        var total = ways.Select(way => way.Total).ToArray();
        const string peer = "published log of the reference provider";
        return new(Name, string.Create(CultureInfo.InvariantCulture, $"{ways.Count} orders, {(tenants == 1 ? "one at a time" : $"{tenants} side by side")}, {BlockTime.TotalMilliseconds} ms blocks, the daemon as a child process"),
        [
            new("own time, p50", "ms", Percentiles.Of(own, 0.5), PeerMs, peer),
            new("own time, p99", "ms", Percentiles.Of(own, 0.99), PeerMs, peer, TargetMs),
            new("own time, p99 after the first block with orders", "ms", Percentiles.Of(warm, 0.99), PeerMs, peer),
            new("own time, longest", "ms", own.Max(), PeerMs, peer),
            new("with the node's answers, p50", "ms", Percentiles.Of(total, 0.5), PeerMs, peer),
            new("with the node's answers, p99", "ms", Percentiles.Of(total, 0.99), PeerMs, peer),
        ]);
    }

    private static async Task PostAsync(DevnetTenant tenant, ConcurrentDictionary<OrderId, long> posted, CancellationToken ct)
    {
        var deployment = await tenant.DeployAsync(Sdl, Coin.Parse("500000uact"), ct);
        posted[new(deployment.Id.Owner, deployment.Dseq, 1, 1)] = deployment.Receipt.Height;
    }

    private static IReadOnlyList<OrderWay>? AllBidOn(NodeProxy proxy, ConcurrentDictionary<OrderId, long> posted, TimeProvider time) =>
        OrderWays.Find(proxy.Calls, posted, time) is { } ways && ways.Count == posted.Count ? ways : null;
}
