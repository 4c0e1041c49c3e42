namespace ProviderAgent.Bidding;

/// <summary>What can happen to an order from our point of view.</summary>
internal enum OrderSignal
{
    /// <summary>An evaluator took it up.</summary>
    Picked,

    /// <summary>Decided against.</summary>
    Decline,

    /// <summary>Market or ledger did not answer, or the moment is wrong.</summary>
    Postpone,

    /// <summary>Decided for; resources are set aside.</summary>
    Place,

    /// <summary>Our bid stands on the market.</summary>
    BidFound,

    /// <summary>The market refused our bid for good.</summary>
    BidRefused,

    /// <summary>The bid stood as long as it may.</summary>
    TimeReached,

    /// <summary>We took the bid back.</summary>
    TakenBack,

    /// <summary>Our bid is closed.</summary>
    BidGone,

    /// <summary>The order is closed.</summary>
    OrderGone,

    /// <summary>A lease was made from our bid.</summary>
    LeaseOurs,

    /// <summary>A lease was made from another bid.</summary>
    LeaseOthers,
}
