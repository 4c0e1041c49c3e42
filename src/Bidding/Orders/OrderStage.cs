namespace ProviderAgent.Bidding;

/// <summary>Where we stand with an order.</summary>
internal enum OrderStage
{
    /// <summary>Heard of, waiting to be looked at.</summary>
    Seen,

    /// <summary>Being screened and priced.</summary>
    Evaluating,

    /// <summary>Resources are set aside, the bid is on its way or its outcome unknown.</summary>
    Placing,

    /// <summary>The bid stands.</summary>
    BidOpen,

    /// <summary>The bid stood too long and is being taken back.</summary>
    Closing,

    // From here on nothing changes any more.

    /// <summary>The tenant took our bid.</summary>
    Won,

    /// <summary>The tenant took another bid.</summary>
    Lost,

    /// <summary>We do not bid, for a recorded reason.</summary>
    Declined,

    /// <summary>Could not be decided now; looked at again with the next sweep.</summary>
    Postponed,

    /// <summary>The order does not take bids any more.</summary>
    OrderClosed,

    /// <summary>Our bid was closed, though not by us.</summary>
    BidClosed,

    /// <summary>We took our bid back.</summary>
    TimedOut,

    /// <summary>The market refused our bid for good.</summary>
    Refused,
}
