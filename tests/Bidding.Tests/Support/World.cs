using ProviderAgent.Marketplace;

namespace ProviderAgent.Bidding.Tests.Support;

/// <summary>Everything that outlives the process: time, market and disk. Runs of the engine come and go in it.</summary>
internal sealed class World : IAsyncDisposable, ISpendingMeter
{
    private readonly List<EngineRun> _runs = [];

    public World() => Market = new(Time);

    public ManualTimeProvider Time { get; } = new();

    public ScriptedMarket Market { get; }

    public MemoryJournal Journal { get; } = new();

    public MemoryDecisions Decisions { get; } = new();

    public Host Host { get; } = new();

    public BiddingOptions Options { get; } = new();

    public PricingOptions Pricing { get; } = new();

    /// <summary>What the sender says was spent on fees.</summary>
    public Coin Spent { get; set; } = new(0, Build.Uakt);

    public Coin FeesWithin(TimeSpan stretch) => Spent;

    /// <summary>A run that is not started yet.</summary>
    public EngineRun NewRun(string? dieAt = null)
    {
        var run = new EngineRun(this, dieAt);
        _runs.Add(run);
        return run;
    }

    /// <summary>A run that has settled what an earlier one left.</summary>
    public async Task<EngineRun> StartAsync()
    {
        var run = NewRun();
        await run.StartAsync();
        await run.ReadyAsync();
        return run;
    }

    public IReadOnlyList<MarketAction.PlaceBid> Placed => [.. Market.Done.OfType<MarketAction.PlaceBid>()];

    public IReadOnlyList<MarketAction.CloseBid> TakenBack => [.. Market.Done.OfType<MarketAction.CloseBid>()];

    public bool IsJournalClear => Journal.Entries.All(entry => entry.Outcome is not null);

    public async ValueTask DisposeAsync()
    {
        Market.HoldReplies?.TrySetResult();
        foreach (var run in _runs) await run.DisposeAsync();
    }
}
