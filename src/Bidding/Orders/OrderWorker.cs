using ProviderAgent.Marketplace;

namespace ProviderAgent.Bidding;

/// <summary>One order that is looked at, bid on or waited for. There is at most one per order; it leaves the book when it is final.</summary>
/// <param name="order">The order.</param>
/// <param name="seenAt">Timestamp at which it was heard of.</param>
internal sealed class OrderWorker(OrderId order, long seenAt)
{
    private volatile OrderStage _stage = OrderStage.Seen;
    private volatile OrderFacts? _facts;
    private volatile BidTerms? _terms;
    private volatile PendingBid? _pending;
    private int _acting;

    public OrderId Order { get; } = order;

    public long SeenAt { get; } = seenAt;

    /// <summary>Changed by the book only.</summary>
    public OrderStage Stage
    {
        get => _stage;
        set => _stage = value;
    }

    /// <summary>What the order asks for; set before there is a bid.</summary>
    public OrderFacts? Facts
    {
        get => _facts;
        set => _facts = value;
    }

    /// <summary>Price and deadline of the bid.</summary>
    public BidTerms? Terms
    {
        get => _terms;
        set => _terms = value;
    }

    /// <summary>The bid that was handed to the market, while its outcome is not known.</summary>
    public PendingBid? Pending
    {
        get => _pending;
        set => _pending = value;
    }

    /// <summary>Time spent waiting for the market's answers before the bid.</summary>
    public TimeSpan MarketWait { get; set; }

    /// <summary>How often in a row the market did not know the bid. Counted by the sweep only.</summary>
    public int TimesMissing { get; set; }

    /// <summary>Claims the right to act on the market for this order; whoever gets true must call <see cref="Acted"/>.</summary>
    public bool TryAct() => Interlocked.CompareExchange(ref _acting, 1, 0) == 0;

    public void Acted() => Volatile.Write(ref _acting, 0);
}

/// <param name="Price">Our price.</param>
/// <param name="DueAt">Timestamp at which the bid is taken back; <see cref="long.MaxValue"/> for never.</param>
internal sealed record BidTerms(Rate Price, long DueAt);

/// <param name="Intent">Its number in the journal.</param>
/// <param name="Action">What was, or is to be, handed to the market.</param>
internal sealed record PendingBid(BidIntentId Intent, MarketAction.PlaceBid Action);
