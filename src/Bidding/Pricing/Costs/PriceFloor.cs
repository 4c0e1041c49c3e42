using ProviderAgent.Marketplace;

namespace ProviderAgent.Bidding;

/// <summary>Sees to it that a price covers its costs. Pure and immutable.</summary>
internal sealed class PriceFloor(FloorOptions options, EnergyCost energy)
{
    private const decimal DaysPerMonth = 30.437m;
    private const int MonthsPerYear = 12;
    private static readonly Denom Uakt = Denom.Parse("uakt");

    private readonly Decimal18 _leasesPerMonth = Exact.Of(DaysPerMonth / (decimal)options.ExpectedLease.TotalDays);
    private readonly Decimal18 _winShare = Exact.Of(options.WinShare);
    private readonly Decimal18 _depositCost = Exact.Of(options.DepositCostPerYear / MonthsPerYear);
    private readonly Decimal18 _guess = Exact.Of(options.AktUsd);
    private readonly Decimal18 _factor = Exact.Of(1 + options.Margin);

    public bool IsOff => options.Mode == FloorMode.Off;

    /// <summary>USD per month that the order costs, and what it is made of; null when its power is not known.</summary>
    public (Decimal18 Usd, string Detail)? Costs(PricingRequest request)
    {
        if (energy.Find(request) is not { } power) return null;
        var fees = ((Usd(options.BidFee, request) / _winShare) + Usd(options.LeaseFees, request)) * _leasesPerMonth;
        var deposit = request.Facts.Deposit is { } locked ? Usd(locked, request) * _depositCost : Decimal18.Zero;
        var sum = (fees + deposit + power.Usd) * _factor;
        return (sum, $"fees {Cents(fees)}, deposit {Cents(deposit)}, power {Cents(power.Usd)} USD a month");
    }

    /// <summary>Raises the price where it does not cover the costs.</summary>
    public PriceResult.Unpriced? Apply(PriceDraft draft, PricingRequest request)
    {
        if (IsOff) return null;
        if (Costs(request) is not { } costs)
            return new(DeclineReason.NoPrice, $"the power of GPU {GpuRates.Describe(request.Group.Units.First(unit => unit.Resources.Gpus > 0).Resources.GpuAttributes)} is not known: add it to pricing.energy.watts_per_gpu");
        if (draft.Usd is not { } usd || draft.FromUsd(costs.Usd) is not { } least)
            return new(DeclineReason.CoinPriceUnknown, $"whether the price covers its costs cannot be told without the worth of {draft.Conversion.Denom}: {draft.Conversion.Problem}");
        if (usd >= costs.Usd) return null;
        if (options.Mode == FloorMode.Decline) return new(DeclineReason.BelowCosts, $"{Cents(usd)} USD a month do not cover the costs of {Cents(costs.Usd)}: {costs.Detail}");
        draft.ChangeTo(least, "floor", costs.Detail, costs.Usd);
        return null;
    }

    private Decimal18 Usd(Coin coin, PricingRequest request)
    {
        var worth = coin.Denom != Uakt ? Decimal18.One : request.Facts.Akt?.Usd ?? _guess;
        return Decimal18.FromInteger(coin.Amount) * worth / Decimal18.FromInteger(1_000_000);
    }

    private static Decimal18 Cents(Decimal18 usd) => usd.Round(4, MidpointRounding.ToEven);
}
