using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using ProviderAgent.Bidding.Tests.Support;
using ProviderAgent.Inventory;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Bidding.Tests.Engine;

public sealed class OrderEvaluatorTests
{
    [Fact]
    public async Task Evaluate_PolicyBreaks_DeclinesTheOrderAndGoesOn()
    {
        var time = new ManualTimeProvider();
        var market = new ScriptedMarket(time);
        var decisions = new MemoryDecisions();
        using var meters = new MeterProbe();
        await using var services = new ServiceCollection()
            .AddSingleton(typeof(ILogger<>), typeof(LogProbe<>))
            .AddSingleton<System.Diagnostics.Metrics.IMeterFactory>(meters)
            .AddSingleton<TimeProvider>(time)
            .AddSingleton<IMarketplace>(market)
            .AddSingleton<IBidJournal>(new MemoryJournal())
            .AddSingleton<IDecisionLog>(decisions)
            .AddSingleton<IPricingPolicy, BrokenPolicy>()
            .AddInventory().AddBidding()
            .BuildServiceProvider();
        services.GetRequiredService<ReservationBook>().Measured(
            new(new(8000), "Test CPU", new(16 * ByteSize.GiB), "/data", new(ByteSize.TiB), new(ByteSize.TiB), [], time.GetUtcNow()), new());
        await services.GetRequiredService<MarketFacts>().RefreshAsync(default);
        var book = services.GetRequiredService<OrderBook>();
        var order = market.Post(1);

        await services.GetRequiredService<OrderEvaluator>().EvaluateAsync(book.GetOrAdd(order, out _), null, default);

        Assert.Equal(DeclineReason.Unreadable, decisions.Latest(order)?.Reason);
        Assert.Contains("DivideByZeroException", decisions.Latest(order)?.Detail, StringComparison.Ordinal);
        Assert.True(((LogProbe<OrderEvaluator>)services.GetRequiredService<ILogger<OrderEvaluator>>()).Has("DecisionBroken"));
        Assert.Equal(0, book.Count);
    }

    [Fact]
    public void AddBidding_Twice_GivesOneEngineForAllItsFaces()
    {
        using var services = new ServiceCollection().AddLogging()
            .AddSingleton<IMarketplace>(new ScriptedMarket(new ManualTimeProvider())).AddSingleton<IBidJournal, MemoryJournal>().AddSingleton<IDecisionLog, MemoryDecisions>()
            .AddInventory().AddBidding().AddBidding()
            .BuildServiceProvider(new ServiceProviderOptions { ValidateOnBuild = true, ValidateScopes = true });

        var engine = services.GetRequiredService<BidEngine>();
        Assert.Same(engine, Assert.Single(services.GetServices<IMarketEventHandler>()));
        Assert.Same(engine, services.GetRequiredService<IBiddingStatus>());
        Assert.Single(services.GetServices<Microsoft.Extensions.Hosting.IHostedService>(), engine);
        Assert.Equal(50, services.GetRequiredService<IOptions<BiddingOptions>>().Value.MaxOpen);
    }

    private sealed class BrokenPolicy : IPricingPolicy
    {
        public ValueTask<PriceResult> PriceAsync(PricingRequest request, CancellationToken ct) => throw new DivideByZeroException("as a hostile order might bring about");
    }
}
