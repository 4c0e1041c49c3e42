using System.Numerics;

namespace ProviderAgent.Metering;

/// <summary>One running lease with its payment and the escrow behind it.</summary>
/// <param name="Account">Lease and payment.</param>
/// <param name="Deployment">The deployment; its escrow pays.</param>
/// <param name="Owed">Whole coins that a withdrawal would pay out.</param>
/// <param name="Runway">How long the escrow lasts at most: as if it paid our leases alone. Below zero it is certainly dry.</param>
/// <param name="WorstRunway">How long it lasts at least: as if each other open group were leased at its price limit.</param>
public sealed record RunningLease(LeaseAccount Account, Deployment Deployment, BigInteger Owed, TimeSpan Runway, TimeSpan WorstRunway)
{
    /// <summary>Works out what is owed and how long the escrow lasts.</summary>
    /// <param name="account">The lease.</param>
    /// <param name="own">Our running leases of the same deployment, this one included.</param>
    /// <param name="deployment">The deployment.</param>
    /// <param name="tick">The market's time.</param>
    /// <param name="clock">The market's clock.</param>
    public static RunningLease Judge(LeaseAccount account, IReadOnlyList<LeaseAccount> own, Deployment deployment, MarketTick tick, MarketClock clock)
    {
        var denom = account.Payment.Rate.Denom;
        var ours = Decimal18.Zero;
        foreach (var lease in own)
        {
            if (lease.Payment.Rate.Denom == denom) ours += lease.Payment.Rate.Amount;
        }

        var runway = RunwayAt(ours, denom, deployment.Escrow, tick, clock);
        return new(account, deployment, account.Payment.Owed(deployment.Escrow, tick), runway, WorstRunwayOf(ours, own, denom, deployment, tick, clock) ?? runway);
    }

    /// <returns>Null when a tenant's price limits are too absurd to reckon with.</returns>
    private static TimeSpan? WorstRunwayOf(Decimal18 ours, IReadOnlyList<LeaseAccount> own, Denom denom, Deployment deployment, MarketTick tick, MarketClock clock)
    {
        try
        {
            var sum = ours;
            foreach (var group in deployment.Groups)
            {
                if (group.State != GroupState.Open || own.Any(lease => lease.Lease.Id.Group == group.Id)) continue;
                foreach (var unit in group.Spec.Units)
                {
                    if (unit.PriceLimit.Denom == denom) sum += unit.PriceLimit.To(TimeBase.Tick, clock).Amount * unit.Count;
                }
            }

            return RunwayAt(sum, denom, deployment.Escrow, tick, clock);
        }
        catch (OverflowException)
        {
            return null;
        }
    }

    private static TimeSpan RunwayAt(Decimal18 rate, Denom denom, EscrowAccount escrow, MarketTick tick, MarketClock clock) =>
        TickTime.Of(rate.Sign > 0 ? escrow.TicksLeft(tick, Rate.PerTick(rate, denom)) : long.MaxValue, clock);
}
