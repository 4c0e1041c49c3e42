namespace ProviderAgent.Marketplace;

/// <summary>Turning what leases pay into what fees are paid in, and what coins are worth.</summary>
/// <remarks>Safe to call concurrently. A null or empty answer always means that the market said so.</remarks>
public interface IMarketConversions
{
    /// <summary>On which terms earnings become fee coin now.</summary>
    /// <exception cref="MarketUnavailableException">The market cannot be asked.</exception>
    Task<ConversionTerms> GetTermsAsync(CancellationToken ct);

    /// <summary>This provider's conversions that wait to be carried out.</summary>
    /// <exception cref="MarketUnavailableException">The market cannot be asked.</exception>
    Task<IReadOnlyList<Conversion>> ListPendingAsync(CancellationToken ct);

    /// <summary>USD for one coin (a million of <paramref name="denom"/>) by the market's own oracle; null when it has no healthy price.</summary>
    /// <exception cref="MarketUnavailableException">The market cannot be asked.</exception>
    Task<Decimal18?> FindUsdAsync(Denom denom, CancellationToken ct);
}

/// <summary>What a conversion would give.</summary>
/// <param name="From">The coin that leases are paid in.</param>
/// <param name="To">The coin that fees are paid in.</param>
/// <param name="Halted">Why nothing can be converted now; null when it can.</param>
/// <param name="Rate">Units of <paramref name="To"/> for one unit of <paramref name="From"/>, without the spread; null when there is no price.</param>
/// <param name="SpreadBasisPoints">What the market keeps, in hundredths of a percent.</param>
/// <param name="Minimum">The least that may come out; zero for no limit.</param>
/// <param name="EpochTicks">Conversions are carried out together every so many ticks: the longest regular wait.</param>
public sealed record ConversionTerms(Denom From, Denom To, string? Halted, Decimal18? Rate, int SpreadBasisPoints, Coin Minimum, long EpochTicks)
{
    private const int BasisPoints = 10_000;

    /// <summary>What <paramref name="amount"/> units of earnings would become now; zero without a price. The price is the one at the end of the epoch, so this is an estimate.</summary>
    public Coin Estimate(long amount)
    {
        if (Rate is not { } rate || amount <= 0) return new(0, To);
        var gross = (rate * amount).Floor();
        var net = gross - (gross * SpreadBasisPoints / BasisPoints);
        return new(net > long.MaxValue ? long.MaxValue : (long)net, To);
    }

    /// <summary>How much of the earnings gives at least <paramref name="wanted"/> units of fee coin now; null without a price.</summary>
    public long? Needed(long wanted)
    {
        if (Rate is not { Sign: > 0 } rate || SpreadBasisPoints >= BasisPoints) return null;
        var gross = Decimal18.Divide(Decimal18.FromInteger((System.Numerics.BigInteger)wanted * BasisPoints), Decimal18.FromInteger(BasisPoints - SpreadBasisPoints), MidpointRounding.ToPositiveInfinity);

        // One more, for the two roundings of the market.
        var amount = -(-Decimal18.Divide(gross, rate, MidpointRounding.ToPositiveInfinity)).Floor() + 1;
        return amount > long.MaxValue ? null : (long)amount;
    }
}

/// <summary>Earnings on their way to become fee coin: the coins have left the account.</summary>
/// <param name="Burned">What was given.</param>
/// <param name="To">What it becomes.</param>
/// <param name="Begun">When it was asked for.</param>
/// <param name="Attempts">How often the market could not carry it out; after a few it pays it back.</param>
public sealed record Conversion(Coin Burned, Denom To, MarketTick Begun, int Attempts);
