namespace ProviderAgent.Metering;

/// <summary>How one withdrawal ended.</summary>
public enum WithdrawalEnd
{
    /// <summary>Paid out and recorded.</summary>
    Paid,

    /// <summary>Included by the market, but the new total was not seen yet; it is recorded at the next check.</summary>
    Included,

    /// <summary>The market refused; nothing was paid out.</summary>
    Refused,

    /// <summary>No answer. Whether it happened is found out from the market's total at the next check.</summary>
    Unknown,
}

/// <param name="Lease">The lease.</param>
/// <param name="End">How it ended.</param>
/// <param name="Paid">What was newly recorded as paid out; zero unless paid.</param>
/// <param name="Fee">The fee share; null when it is not known.</param>
/// <param name="Detail">For people.</param>
public sealed record WithdrawalResult(LeaseId Lease, WithdrawalEnd End, Coin Paid, Coin? Fee, string Detail);
