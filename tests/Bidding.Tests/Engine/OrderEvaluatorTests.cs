using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using ProviderAgent.Bidding.Tests.Support;
using ProviderAgent.Inventory;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Bidding.Tests.Engine;

public sealed class OrderEvaluatorTests : IDisposable
{
    private readonly ManualTimeProvider _time = new();
    private readonly MemoryDecisions _decisions = new();
    private readonly MeterProbe _meters = new();
    private readonly ScriptedMarket _market;

    public OrderEvaluatorTests() => _market = new(_time);

    public void Dispose() => _meters.Dispose();

    [Fact]
    public async Task Evaluate_PolicyBreaks_DeclinesTheOrderAndGoesOn()
    {
        await using var services = await StartAsync(new BrokenPolicy());
        var book = services.GetRequiredService<OrderBook>();
        var order = _market.Post(1);

        await services.GetRequiredService<OrderEvaluator>().EvaluateAsync(book.GetOrAdd(order, out _), null, default);

        Assert.Equal(DeclineReason.Unreadable, _decisions.Latest(order)?.Reason);
        Assert.Contains("DivideByZeroException", _decisions.Latest(order)?.Detail, StringComparison.Ordinal);
        Assert.True(((LogProbe<OrderEvaluator>)services.GetRequiredService<ILogger<OrderEvaluator>>()).Has("DecisionBroken"));
        Assert.Equal(0, book.Count);
    }

    [Fact]
    public async Task Evaluate_GpuOrder_PriceSeesTheCardsThatAreSetAside()
    {
        var policy = new SeeingPolicy();
        await using var services = await StartAsync(policy);
        var (order, book) = (_market.Post(1, AnyGpus(2)), services.GetRequiredService<OrderBook>());
        var worker = book.GetOrAdd(order, out _);

        await services.GetRequiredService<OrderEvaluator>().EvaluateAsync(worker, null, default);

        await Eventually.BecomesTrueAsync("our bid to stand", () => worker.Stage == OrderStage.BidOpen);
        var held = services.GetRequiredService<ReservationBook>().Snapshot.Reservations[order].Allocation.Gpus;
        Assert.Equal(held.Select(pick => pick.Uuid), policy.Seen.Select(gpu => gpu.Uuid));
        Assert.Equal([("t4", "16Gi", "pcie", 70m, null), ("t4", "16Gi", "pcie", 70m, (decimal?)55.5m)], policy.Seen.Select(gpu => (gpu.Model, gpu.Ram, gpu.Interface, gpu.RatedWatts, gpu.MeasuredWatts)));
        Assert.Contains("GPU-1", _decisions.Latest(order)!.InputsJson);
    }

    [Fact]
    public async Task Evaluate_CardsAreTakenMeanwhile_NoBidAtThePriceOfOthers()
    {
        var policy = new SeeingPolicy();
        await using var services = await StartAsync(policy);
        var (order, rival) = (_market.Post(1, AnyGpus(2)), Build.OrderId(2));
        var (book, reservations) = (services.GetRequiredService<OrderBook>(), services.GetRequiredService<ReservationBook>());
        policy.Meanwhile = () => reservations.TryReserve(rival, AnyGpus(1), TimeSpan.FromMinutes(1));
        var worker = book.GetOrAdd(order, out _);

        await services.GetRequiredService<OrderEvaluator>().EvaluateAsync(worker, null, default);

        Assert.Equal(OrderStage.Declined, worker.Stage); // there are two h100 left, which cost more
        Assert.Contains("went to another order", _decisions.Latest(order)!.Detail);
        Assert.False(reservations.Snapshot.Reservations.ContainsKey(order));
        Assert.Empty(_market.Done);

        var again = book.GetOrAdd(order, out _);
        policy.Meanwhile = () => { };
        await services.GetRequiredService<OrderEvaluator>().EvaluateAsync(again, null, default);
        await Eventually.BecomesTrueAsync("our bid to stand", () => again.Stage == OrderStage.BidOpen);
        Assert.All(policy.Seen, gpu => Assert.Equal("h100", gpu.Model));
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

    /// <summary>Two cards of each of two models.</summary>
    private async Task<ServiceProvider> StartAsync(IPricingPolicy policy)
    {
        _market.Record = Build.Host().Record! with { Attributes = GpuModel.Attributes([new("t4", 16, "pcie"), new("h100", 80, "sxm")]) };
        var services = new ServiceCollection()
            .AddSingleton(typeof(ILogger<>), typeof(LogProbe<>))
            .AddSingleton<System.Diagnostics.Metrics.IMeterFactory>(_meters)
            .AddSingleton<TimeProvider>(_time)
            .AddSingleton<IMarketplace>(_market)
            .AddSingleton<IBidJournal>(new MemoryJournal())
            .AddSingleton<IDecisionLog>(_decisions)
            .AddSingleton<GpuPassthroughProblem>(() => null)
            .AddSingleton(policy)
            .AddInventory().AddBidding()
            .BuildServiceProvider();
        var reservations = services.GetRequiredService<ReservationBook>();
        reservations.Measured(new(new(8000), "Test CPU", new(16 * ByteSize.GiB), "/data", new(ByteSize.TiB), new(ByteSize.TiB), [], _time.GetUtcNow()), new());
        reservations.GpusSeen([.. Enumerable.Range(1, 4).Select(Fact)], GpuTopology.None, null);
        await services.GetRequiredService<MarketFacts>().RefreshAsync(default);
        return services;
    }

    private static GpuFact Fact(int number)
    {
        var model = number <= 2 ? new GpuModel("t4", 16, "pcie") : new("h100", 80, "sxm");
        var card = new GpuCard($"GPU-{number}", model, false, "", "", model.MemoryGib * ByteSize.GiB, number)
        {
            RatedMilliwatts = number <= 2 ? 70_000 : 700_000,
            LeasedMilliwatts = number == 2 ? 55_500 : null,
        };
        return new(card, GpuCondition.Healthy, "");
    }

    private static GroupSpec AnyGpus(int count) =>
        Build.Group(Build.Unit(Build.Needs() with { Gpus = count, GpuAttributes = Build.Attributes("vendor/nvidia/model/*=true") }));

    private sealed class SeeingPolicy : IPricingPolicy
    {
        public ValueList<PickedGpu> Seen { get; private set; }

        public Action Meanwhile { get; set; } = () => { };

        public ValueTask<PriceResult> PriceAsync(PricingRequest request, CancellationToken ct)
        {
            Seen = request.Facts.Gpus;
            Meanwhile();
            return ValueTask.FromResult<PriceResult>(new PriceResult.Quoted(new(Build.PerTick("5"), null, [])));
        }
    }

    private sealed class BrokenPolicy : IPricingPolicy
    {
        public ValueTask<PriceResult> PriceAsync(PricingRequest request, CancellationToken ct) => throw new DivideByZeroException("as a hostile order might bring about");
    }
}
