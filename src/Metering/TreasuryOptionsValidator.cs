using Microsoft.Extensions.Options;

namespace ProviderAgent.Metering;

/// <summary>Checks <see cref="TreasuryOptions"/>, all mistakes at once.</summary>
internal sealed class TreasuryOptionsValidator : IValidateOptions<TreasuryOptions>
{
    public ValidateOptionsResult Validate(string? name, TreasuryOptions options)
    {
        var errors = new ValidateOptionsResultBuilder();
        var withdraw = options.Withdraw;
        Bounds.Check(errors, options.CheckInterval, TimeSpan.FromSeconds(10), TimeSpan.FromDays(1), "treasury.check_interval");
        if (options.KeepAkt.Amount is < 0 or > long.MaxValue / 4) errors.AddError($"must not be negative, nor beyond any account, was {options.KeepAkt}", "treasury.keep_akt");
        Bounds.Check(errors, withdraw.MinRunway, TimeSpan.Zero, TimeSpan.FromDays(30), "treasury.withdraw.min_runway");
        Bounds.Check(errors, withdraw.Interval, TimeSpan.FromMinutes(10), TimeSpan.FromDays(30), "treasury.withdraw.interval");
        if (withdraw.MaxFeeShare is <= 0 or > 1) errors.AddError($"must be above 0 and at most 1, was {withdraw.MaxFeeShare}", "treasury.withdraw.max_fee_share");
        if (withdraw.FeeCoinWorth is <= 0 or > 1_000_000_000) errors.AddError($"must be above 0 and at most 1000000000, was {withdraw.FeeCoinWorth}", "treasury.withdraw.fee_coin_worth");
        if (withdraw.Minimum.Amount < 0) errors.AddError($"must not be negative, was {withdraw.Minimum}", "treasury.withdraw.minimum");
        if (withdraw.ExpectedFee.Amount < 0) errors.AddError($"must not be negative, was {withdraw.ExpectedFee}", "treasury.withdraw.expected_fee");
        return errors.Build();
    }
}
