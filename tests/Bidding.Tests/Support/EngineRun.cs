using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using ProviderAgent.Inventory;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Bidding.Tests.Support;

/// <summary>One run of the whole room as it is composed for the daemon, over the market and disk of a <see cref="World"/>.</summary>
internal sealed class EngineRun : IAsyncDisposable, ILeaseWonHandler
{
    private const int PulsesWhenIdle = 3;

    private readonly World _world;
    private readonly ServiceProvider _services;
    private readonly List<LeaseWon> _won = [];
    private bool _isStopped;

    public EngineRun(World world, string? dieAt)
    {
        _world = world;
        Life = new() { DieAt = dieAt };
        Meters = new();
        var stores = new MortalStores(world.Journal, world.Decisions, Life);
        var services = new ServiceCollection()
            .AddSingleton(typeof(ILogger<>), typeof(LogProbe<>))
            .AddSingleton<System.Diagnostics.Metrics.IMeterFactory>(Meters)
            .AddSingleton<TimeProvider>(world.Time)
            .AddSingleton<IMarketplace>(new MortalMarket(world.Market, Life))
            .AddSingleton<IBidJournal>(stores)
            .AddSingleton<IDecisionLog>(stores)
            .AddSingleton<ILeaseWonHandler>(this)
            .AddSingleton<ISpendingMeter>(world)
            .AddSingleton<IHostReadiness>(world.Host)
            .AddSingleton<IOptionsMonitor<BiddingOptions>>(new SettableOptions<BiddingOptions>(world.Options))
            .AddSingleton<IOptionsMonitor<PricingOptions>>(new SettableOptions<PricingOptions>(world.Pricing))
            .AddInventory()
            .AddBidding();
        _services = services.BuildServiceProvider();
        Engine = _services.GetRequiredService<BidEngine>();
        Measure();
    }

    public ProcessLife Life { get; }

    public MeterProbe Meters { get; }

    public BidEngine Engine { get; }

    public ReservationBook Reservations => _services.GetRequiredService<ReservationBook>();

    public OrderBook Book => _services.GetRequiredService<OrderBook>();

    public RememberedOrders Remembered => _services.GetRequiredService<RememberedOrders>();

    public IDrainSwitch Drain => _services.GetRequiredService<IDrainSwitch>();

    public OrderQueues Queues => _services.GetRequiredService<OrderQueues>();

    public LogProbe<T> Log<T>() => (LogProbe<T>)_services.GetRequiredService<ILogger<T>>();

    public IReadOnlyList<LeaseWon> Won
    {
        get
        {
            lock (_won) return [.. _won];
        }
    }

    public long CpuUsed => Reservations.Snapshot[ResourceKind.Cpu].Used;

    public void Handle(LeaseWon won)
    {
        lock (_won) _won.Add(won);
    }

    /// <summary>Says how large the host is; nothing is kept back of it.</summary>
    public void Measure(long milli = 64_000) => Reservations.Measured(
        new(new(milli), "Test CPU", new(256 * ByteSize.GiB), "/data", new(8 * ByteSize.TiB), new(4 * ByteSize.TiB), [], _world.Time.GetUtcNow()),
        new() { Keep = new() { Cpu = new(0), Memory = new(0), Storage = new(0) } });

    public Task StartAsync() => Engine.StartAsync(default);

    public Task ReadyAsync() => Eventually.BecomesTrueAsync("bidding to be ready", () => Engine.Current.IsReady && _world.Time.TimerCount >= PulsesWhenIdle);

    /// <summary>Hands the market's events to the engine.</summary>
    public Task DeliverAsync(bool hasGap = false) => Engine.HandleAsync(_world.Market.TakeEvents(hasGap), default);

    public async Task<OrderId> PostAsync(int number, GroupSpec? group = null)
    {
        var order = _world.Market.Post(number, group);
        await DeliverAsync();
        return order;
    }

    /// <summary>Posts an order and waits until our bid on it stands.</summary>
    public async Task<OrderId> PostAndBidAsync(int number, GroupSpec? group = null)
    {
        var order = await PostAsync(number, group);
        await StageAsync(order, OrderStage.BidOpen);
        return order;
    }

    public Task StageAsync(OrderId order, OrderStage stage) =>
        Eventually.BecomesTrueAsync($"order {order} to be {stage}", () => Book.Find(order)?.Stage == stage);

    /// <summary>Waits until the order is done with.</summary>
    public Task GoneAsync(OrderId order) => Eventually.BecomesTrueAsync($"order {order} to be done with", () => Book.Find(order) is null);

    public Task DecidedAsync(OrderId order, DeclineReason? reason) => Eventually.BecomesTrueAsync(
        $"{(reason is { } why ? why.ToString() : "a bid")} to be decided on {order}", () => _world.Decisions.Latest(order) is { } record && record.Reason == reason);

    /// <summary>Lets one sweep interval pass and waits until the sweep is through. Only while no other run lives.</summary>
    public async Task SweepAsync()
    {
        await Eventually.BecomesTrueAsync("the loops to wait", IsIdle);
        _world.Time.Advance(_world.Options.SweepInterval);
        await Eventually.BecomesTrueAsync("the sweep to be through", IsIdle);
    }

    public async Task SweepUntilAsync(string what, Func<bool> done, int sweeps = 30)
    {
        for (var sweep = 0; sweep < sweeps && !done(); sweep++) await SweepAsync();
        await Eventually.BecomesTrueAsync(what, done);
    }

    /// <summary>Lets sweeps pass until this run dies at the point that was set for it.</summary>
    public Task SweepUntilDeadAsync() => Eventually.BecomesTrueAsync("the run to die", () =>
    {
        if (Life.Died.IsCompleted) return true;
        _world.Time.Advance(_world.Options.SweepInterval);
        return false;
    });

    public async Task StopAsync()
    {
        _isStopped = true;
        await Engine.StopAsync(default);
    }

    public async ValueTask DisposeAsync()
    {
        if (Life.Died.IsCompleted) return; // its loops hang for good, as they should
        if (!_isStopped) await Engine.StopAsync(default);
        await _services.DisposeAsync();
    }

    private bool IsIdle() =>
        _world.Time.TimerCount >= PulsesWhenIdle
        && Queues.Fresh.Reader.Count == 0
        && Queues.Listed.Reader.Count == 0
        && Book.Live().All(worker => worker.Stage is not (OrderStage.Seen or OrderStage.Evaluating));
}
