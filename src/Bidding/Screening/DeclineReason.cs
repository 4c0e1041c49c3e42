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

    /// <summary>What the order's coin is worth is not known well enough now.</summary>
    CoinPriceUnknown,

    /// <summary>A rule of the price list refuses the order.</summary>
    PriceRule,

    /// <summary>The price would not cover fees, deposit and power.</summary>
    BelowCosts,

    /// <summary>It would leave free GPUs without the processor and memory that they need to be sold.</summary>
    StrandsGpus,

    /// <summary>The price script or hook refused the order.</summary>
    HookRefused,

    /// <summary>The price script or hook failed.</summary>
    HookFailed,

    /// <summary>The price script or hook did not answer in time.</summary>
    HookTimeout,

    /// <summary>The answer of the price script or hook is not a price.</summary>
    HookAnswerInvalid,

    /// <summary>Too many orders wait for the price script or hook.</summary>
    HookBusy,

    /// <summary>The tenant is on a list of tenants that are refused.</summary>
    OwnerDenied,

    /// <summary>Only listed tenants are served, and this one is not among them.</summary>
    OwnerNotAllowed,

    /// <summary>The order asks for the signature of an auditor that is refused.</summary>
    AuditorDenied,

    /// <summary>Only orders are served that ask for the signature of a listed auditor.</summary>
    AuditorNotAllowed,

    /// <summary>A list could not be read yet, so it is not known whether the order is on it.</summary>
    ListUnavailable,

    /// <summary>The order does not require what <c>bidding.filters</c> wants orders to require.</summary>
    NotForUs,

    /// <summary>The order has been open for so long that it is most likely given up.</summary>
    OrderEnding,

    /// <summary>The order took no bids any more when it was looked at: closed, or gone to somebody else.</summary>
    OrderGone,

    /// <summary>The fees of a day are spent.</summary>
    FeeBudget,

    /// <summary>As much is locked in deposits as may be.</summary>
    DepositBudget,

    /// <summary>The account does not hold enough for deposit and fee.</summary>
    BalanceLow,

    /// <summary>We already had a bid on this order; there is only one, ever.</summary>
    AlreadyBid,

    /// <summary>The market's description of the order makes no sense.</summary>
    Unreadable,

    /// <summary>The market refused our bid.</summary>
    RefusedByMarket,

    /// <summary>A host name, and none can be served at the moment.</summary>
    WebAway,
}
