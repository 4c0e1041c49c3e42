using ProviderAgent.Marketplace;

namespace ProviderAgent.Bidding;

/// <summary>Section <c>bidding</c>: how this provider bids.</summary>
public sealed class BiddingOptions
{
    /// <summary>How long a bid stands before it is taken back, which costs a fee and frees deposit and resources. Looked at once per sweep.</summary>
    /// <value>Default 5 min; at least 30 s, or 0 for never.</value>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>What is locked for each bid until it ends. Raised to the market's minimum where it is less.</summary>
    /// <value>Default empty: the market's minimum, in uakt where the market takes that.</value>
    public Coin? Deposit { get; set; }

    /// <summary>Most bids that stand at the same time. Each locks a deposit and keeps its resources from other orders.</summary>
    /// <value>Default 50; 1 to 10 000.</value>
    public int MaxOpen { get; set; } = 50;

    /// <summary>Pause between two comparisons of what this provider believes with what the market says.</summary>
    /// <value>Default 1 min; 10 s to 1 h.</value>
    public TimeSpan SweepInterval { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Notice that each bid promises before resources are wanted back. A lease with such a promise cannot be closed without it.</summary>
    /// <value>Default empty: none. Otherwise above zero; the market has bounds of its own (1 h to 720 h at first).</value>
    public TimeSpan? ReclamationWindow { get; set; }

    /// <summary>New orders that are looked at side by side, and as many again of those that were open before. Read at start.</summary>
    /// <value>Default 16, about as many as come in one block when it is busy; 1 to 64.</value>
    public int Evaluators { get; set; } = 16;

    /// <summary>Orders that have been open for longer are not bid on: most of them are given up.</summary>
    /// <value>Default empty: any age. Otherwise at least 1 min.</value>
    public TimeSpan? MaxOrderAge { get; set; }

    /// <summary>Bids of the market's limit per order that are left to others, because they may arrive before ours.</summary>
    /// <value>Default 0; 0 to 100.</value>
    public int SpareSlots { get; set; }

    /// <summary>Coins that orders may be paid in.</summary>
    /// <value>Default empty: all that can be priced.</value>
    public List<string> Coins { get; set; } = [];

    /// <summary>Attributes that an order must require to be served, for a provider that serves only orders which name it.</summary>
    /// <value>Default none.</value>
    public Dictionary<string, string> Filters { get; set; } = [];

    /// <summary>What bidding may cost.</summary>
    public BudgetOptions Budget { get; set; } = new();

    /// <summary>Whom to serve, and whom not.</summary>
    /// <value>Default none; at most 50.</value>
    public List<ListOptions> Lists { get; set; } = [];

    /// <summary>Alarm when orders pass for so long and none is bid on.</summary>
    /// <value>Default 6 h; at least 1 min, or 0 for never.</value>
    public TimeSpan AlarmAfter { get; set; } = TimeSpan.FromHours(6);

    /// <summary>Record every order compactly, for <c>replay</c>.</summary>
    /// <value>Default true.</value>
    public bool Record { get; set; } = true;
}
