namespace ProviderAgent.Marketplace;

/// <summary>Where a reader of the event stream stands. Opaque: kept as it is and handed back at the next start.</summary>
public readonly record struct MarketPosition(long Value);

/// <summary>All events of one tick, in order. A tick without events yields an empty batch, so that the position advances.</summary>
/// <param name="Position">Store this once the batch is handled; reading resumes after it.</param>
/// <param name="Tick">The market's time of these events.</param>
/// <param name="Time">Wall time of the tick, as the market says.</param>
/// <param name="HasGap">Events before this batch may be missing (first start, or history no longer available): read the whole state again.</param>
/// <param name="Events">In the order in which they happened.</param>
public sealed record MarketEventBatch(MarketPosition Position, MarketTick Tick, DateTimeOffset Time, bool HasGap, IReadOnlyList<MarketEvent> Events);
