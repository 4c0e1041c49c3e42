using System.Numerics;

namespace ProviderAgent.Marketplace;

public enum EscrowState
{
    Open,
    Closed,

    /// <summary>Owes more than it holds.</summary>
    Overdrawn,
}

/// <summary>The money behind a deployment.</summary>
/// <param name="State">Its state when it was last settled; an account that has run dry since is still open.</param>
/// <param name="Funds">What is left per coin as of <paramref name="SettledAt"/>; negative when overdrawn.</param>
/// <param name="SettledAt">When the payments were last taken out.</param>
public sealed record EscrowAccount(EscrowState State, ValueList<EscrowFunds> Funds, MarketTick SettledAt)
{
    /// <summary>Funds in one coin; zero when there are none.</summary>
    public Decimal18 In(Denom denom)
    {
        foreach (var funds in Funds)
        {
            if (funds.Denom == denom) return funds.Amount;
        }

        return Decimal18.Zero;
    }

    /// <summary>Whole ticks that the account can still pay all its leases for; negative when it already owes.</summary>
    /// <param name="now">The market's time.</param>
    /// <param name="totalRate">Sum of the rates of all running leases of the deployment, other providers' too; positive, per tick.</param>
    public BigInteger TicksLeft(MarketTick now, Rate totalRate) =>
        ((In(totalRate.Denom) - totalRate.Amount * (now - SettledAt)) / totalRate.Amount).Floor();
}

public readonly record struct EscrowFunds(Denom Denom, Decimal18 Amount);

/// <summary>What the escrow pays for one lease.</summary>
/// <param name="Lease">The lease.</param>
/// <param name="State">Open while the lease runs.</param>
/// <param name="Rate">Per tick.</param>
/// <param name="Balance">Settled but not yet withdrawn; has a fraction.</param>
/// <param name="Withdrawn">Everything that was ever paid out to the provider. The market's own count: income is read from here, never added up from replies.</param>
public sealed record EscrowPayment(LeaseId Lease, EscrowState State, Rate Rate, Decimal18 Balance, Coin Withdrawn)
{
    /// <summary>Whole coins that a withdrawal at <paramref name="now"/> would pay out, if the escrow holds enough.</summary>
    /// <remarks>The market takes rate times elapsed ticks and drops the fraction, then pays the whole part of the balance.</remarks>
    public BigInteger Owed(EscrowAccount account, MarketTick now)
    {
        var accrued = State == EscrowState.Open ? (Rate.Amount * Math.Max(0, now - account.SettledAt)).Floor() : BigInteger.Zero;
        var covered = BigInteger.Max(0, account.In(Rate.Denom).Floor());
        return (Balance + Decimal18.FromInteger(BigInteger.Min(accrued, covered))).Floor();
    }
}

/// <summary>A lease together with what is paid for it.</summary>
public sealed record LeaseAccount(Lease Lease, EscrowPayment Payment);
