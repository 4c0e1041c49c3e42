using System.Collections.Immutable;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using ProviderAgent.Bench.Reporting;
using ProviderAgent.Bidding;
using ProviderAgent.Inventory;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Bench.Pricing;

/// <summary>Screening, pricing and deciding on one core, beside a price script where one is named.</summary>
internal static class DecisionBench
{
    public const string Name = "decision";

    private const int Orders = 10_000;
    private const int Rounds = 20;
    private const int ScriptOrders = 20;

    /// <param name="script">A price script to compare with; null for none.</param>
    /// <param name="time">Measures.</param>
    /// <param name="ct">Stops it.</param>
    public static async Task<BenchResult> RunAsync(string? script, TimeProvider time, CancellationToken ct)
    {
        var orders = MixedOrders.Make(Orders).ToArray();
        await using var services = Services(MixedOrders.Policy, time);
        var pricing = services.GetRequiredService<IPricingPolicy>();
        var host = Host();
        for (var i = 0; i < Rounds / 4; i++) await PassAsync(pricing, orders, host, time, null, ct); // compiled and warm

        var micros = new List<double>(Orders * Rounds);
        var started = time.GetTimestamp();
        var bids = 0;
        for (var i = 0; i < Rounds; i++) bids = await PassAsync(pricing, orders, host, time, micros, ct);
        var rate = Orders * Rounds / time.GetElapsedTime(started).TotalSeconds;
        double? scriptMicros = script is null ? null : await ScriptAsync(script, orders.Take(ScriptOrders).ToArray(), host, time, ct);
        return new(
            Name,
            $"{Orders} mixed orders, {Rounds} times, {bids} of them bid on; {(script is null ? "no script named (--script)" : $"{Path.GetFileName(script)} on {ScriptOrders} of them")}",
            [
                new("screen, price and decide, p50", "us", Percentiles.Median(micros)),
                new("screen, price and decide, p99", "us", Percentiles.Of(micros, 0.99), Target: 50),
                new("time for one order in a row", "us", 1e6 / rate, scriptMicros, script is null ? "" : "price script", Target: 20), // 50 000 orders a second
            ]);
    }

    private static async Task<int> PassAsync(IPricingPolicy pricing, OrderFacts[] orders, HostFacts host, TimeProvider time, List<double>? micros, CancellationToken ct)
    {
        var bids = 0;
        foreach (var order in orders)
        {
            var began = time.GetTimestamp();
            if (await DecideAsync(pricing, order, host, ct) is BidDecision.Submit) bids++;
            micros?.Add(time.GetElapsedTime(began).TotalMicroseconds);
        }

        return bids;
    }

    private static async ValueTask<BidDecision> DecideAsync(IPricingPolicy pricing, OrderFacts order, HostFacts host, CancellationToken ct)
    {
        if (BidRules.Screen(order, host) is { } objection) return objection;
        var facts = new PricingFacts { Now = DateTimeOffset.UnixEpoch.AddYears(56), Inventory = host.Inventory, Deposit = host.Deposit };
        return BidRules.Judge(order, await pricing.PriceAsync(new(order.Id, order.Group, host.Clock) { Facts = facts }, ct), facts);
    }

    private static async Task<double> ScriptAsync(string script, OrderFacts[] orders, HostFacts host, TimeProvider time, CancellationToken ct)
    {
        await using var services = Services(new() { Policy = PricingPolicyKind.Script, Script = new() { Path = Path.GetFullPath(script) } }, time);
        var pricing = services.GetRequiredService<IPricingPolicy>();
        var started = time.GetTimestamp();
        foreach (var order in orders) await pricing.PriceAsync(new(order.Id, order.Group, host.Clock), ct);
        return time.GetElapsedTime(started).TotalMicroseconds / orders.Length;
    }

    internal static ServiceProvider Services(PricingOptions pricing, TimeProvider time)
    {
        var services = new ServiceCollection().AddSingleton(time).AddSingleton<ILoggerFactory>(NullLoggerFactory.Instance).AddSingleton(typeof(ILogger<>), typeof(NullLogger<>));
        services.AddBidding();
        services.AddSingleton<Microsoft.Extensions.Options.IOptionsMonitor<PricingOptions>>(new Fixed(pricing));
        return services.BuildServiceProvider();
    }

    private static HostFacts Host()
    {
        var account = AccountAddress.Parse("akash1provider");
        MarketAttribute Gpu(string key) => new($"capabilities/gpu/{key}", "true");
        return new()
        {
            Account = account,
            Record = new(account, new("https://provider.example:8443"), [Gpu("vendor/nvidia/model/h100"), Gpu("vendor/nvidia/model/h100/ram/80Gi/interface/sxm"), Gpu("vendor/nvidia/model/rtx4090")], "", ""),
            Parameters = new([new(500_000, Denom.Parse("uakt"))], 20, null),
            Clock = new(Decimal18.FromInteger(429_909)),
            Inventory = new(null, null, [new(ResourceKind.Cpu, 128_000, 32_000, null), new(ResourceKind.Memory, ByteSize.TiB, 0, null), new(ResourceKind.Storage, 8 * ByteSize.TiB, 0, null), new(ResourceKind.Gpu, 8, 2, null)], true, ImmutableDictionary<OrderId, Reservation>.Empty),
            MaxOpenBids = 50,
            Deposit = new Coin(500_000, Denom.Parse("uakt")),
        };
    }

    private sealed class Fixed(PricingOptions value) : Microsoft.Extensions.Options.IOptionsMonitor<PricingOptions>
    {
        public PricingOptions CurrentValue => value;

        public PricingOptions Get(string? name) => value;

        public IDisposable? OnChange(Action<PricingOptions, string?> listener) => null;
    }
}
