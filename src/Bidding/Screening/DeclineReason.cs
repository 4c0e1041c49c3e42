namespace ProviderAgent.Bidding;

/// <summary>Why there is no bid on an order. Counted by metrics and stored with each decision; the names are stable.</summary>
public enum DeclineReason
{
    /// <summary>The operator has stopped bidding.</summary>
    Draining,

    /// <summary>Bidding waits for something that concerns every order, for example money on the account.</summary>
    Paused,

    /// <summary>This provider has no entry on the market.</summary>
    NotRegistered,

    /// <summary>The order is our own account's; the market takes no bid on it.</summary>
    OwnOrder,

    /// <summary>Amounts, counts or numbers of units outside what this market deals in.</summary>
    GroupLimits,

    /// <summary>The units are priced in different coins or time bases.</summary>
    MixedCoins,

    /// <summary>The order is paid in a coin that cannot be priced.</summary>
    UnsupportedCoin,

    /// <summary>The tenant's price limit is zero or beyond what the market allows.</summary>
    PriceLimitInvalid,

    /// <summary>An attribute that the order requires is not ours.</summary>
    AttributesMissing,

    /// <summary>Auditors that the order requires have not signed our attributes.</summary>
    NotSigned,

    /// <summary>A volume of a class that we do not sell or have not registered.</summary>
    StorageClass,

    /// <summary>A GPU that we do not sell or have not registered.</summary>
    Gpu,

    /// <summary>A leased address, which we do not sell.</summary>
    LeasedIp,

    /// <summary>The tenant wants notice before resources are taken back; we promise none.</summary>
    ReclaimNotOffered,

    /// <summary>The notice that we promise is shorter than the tenant wants.</summary>
    ReclaimTooShort,

    /// <summary>The notice that we promise is outside the market's bounds.</summary>
    ReclaimOutOfBounds,

    /// <summary>The order has as many bids as the market allows.</summary>
    OrderFull,

    /// <summary>We have as many open bids as we want.</summary>
    OpenBidsExhausted,

    /// <summary>The market takes no deposit in the configured coin.</summary>
    DepositCoin,

    /// <summary>There is not enough free on this host.</summary>
    DoesNotFit,

    /// <summary>Something in the order has no price.</summary>
    NoPrice,

    /// <summary>Our price would be zero.</summary>
    ZeroPrice,

    /// <summary>Our price is above the tenant's limit.</summary>
    AboveLimit,

    /// <summary>We already had a bid on this order; there is only one, ever.</summary>
    AlreadyBid,

    /// <summary>The market's description of the order makes no sense.</summary>
    Unreadable,

    /// <summary>The market refused our bid.</summary>
    RefusedByMarket,
}
