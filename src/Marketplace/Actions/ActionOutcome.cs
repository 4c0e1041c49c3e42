namespace ProviderAgent.Marketplace;

/// <summary>What became of a <see cref="MarketAction"/>. Faults of transport are not outcomes: they throw <see cref="MarketUnavailableException"/>.</summary>
public abstract record ActionOutcome
{
    private ActionOutcome()
    {
    }

    /// <summary>Included in the market's history: it happened and cannot be undone.</summary>
    /// <param name="Transaction">Reference that any explorer of the market understands.</param>
    /// <param name="Tick">When it was included.</param>
    /// <param name="Fee">This action's share of the fee paid.</param>
    public sealed record Done(string Transaction, MarketTick Tick, Coin Fee) : ActionOutcome;

    /// <summary>The market said no; nothing happened, though a fee may have been paid.</summary>
    /// <param name="Reason">What to do about it follows from this, never from <paramref name="Detail"/>.</param>
    /// <param name="Detail">The market's own words, for people.</param>
    /// <param name="Fee">The fee that the refusal cost; zero when it was found out before sending.</param>
    public sealed record Refused(MarketRefusal Reason, string Detail, Coin Fee) : ActionOutcome;
}

/// <summary>Why the market refused.</summary>
public enum MarketRefusal
{
    /// <summary>A reason that this version does not know; see the detail.</summary>
    Other,

    /// <summary>This provider already bid on the order; there is only one bid per order, ever.</summary>
    BidExists,
    BidNotFound,

    /// <summary>The bid is lost or closed, so there is nothing to close.</summary>
    BidNotOpen,
    OrderNotFound,

    /// <summary>The order went to somebody, or was closed.</summary>
    OrderNotOpen,
    TooManyBids,
    PriceAboveLimit,

    /// <summary>The deposit is too small or in the wrong coin: read the parameters again.</summary>
    DepositInvalid,
    ProviderNotRegistered,
    ProviderExists,
    AttributesMismatch,
    CapabilitiesMismatch,
    ReclaimRequired,
    ReclaimWindowTooShort,
    ReclaimWindowOutOfBounds,
    LeaseNotFound,
    LeaseNotActive,
    ReclaimNotStarted,
    ReclaimAlreadyStarted,
    ReclaimWindowNotElapsed,

    /// <summary>The lease promised no notice, so it is closed at once instead.</summary>
    LeaseNotReclaimable,
    CertificateExists,

    /// <summary>There is no such certificate, or it is revoked already.</summary>
    CertificateNotValid,

    /// <summary>The certificate breaks a rule of the market.</summary>
    CertificateInvalid,

    /// <summary>The provider's public entry breaks a rule of the market: its host, website or an attribute.</summary>
    ProviderInvalid,

    /// <summary>Nothing can be converted now: the oracle has no price, or the market's circuit breaker is open. It can be tried again later.</summary>
    ConversionHalted,

    /// <summary>Too little to be converted.</summary>
    ConversionTooSmall,

    /// <summary>The account cannot pay the fee or the deposit.</summary>
    InsufficientFunds,

    /// <summary>Not sent at all: fees or deposits have used up what the operator allows. It can be tried again later.</summary>
    BudgetSpent,

    /// <summary>Not sent at all: several of its kind have failed in blocks for one reason, each for a fee. It can be tried again later.</summary>
    TooManyFailures,

    /// <summary>The fee is below what the endpoint takes: a setting.</summary>
    FeeTooLow,

    /// <summary>The account does not exist on the market (it never received anything), or the key belongs to another one.</summary>
    Unauthorized,
}
