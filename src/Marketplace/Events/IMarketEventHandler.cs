namespace ProviderAgent.Marketplace;

/// <summary>A room that wants to know what happens on the market.</summary>
public interface IMarketEventHandler
{
    /// <summary>Takes one batch. Returns when nothing of it can be lost any more: written down, or rebuilt by the room's own start-up sweep.</summary>
    /// <remarks>Called for one batch at a time, in order; a batch may come twice. Must be quick: long work is only woken here.</remarks>
    Task HandleAsync(MarketEventBatch batch, CancellationToken ct);
}
