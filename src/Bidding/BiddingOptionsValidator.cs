using Microsoft.Extensions.Options;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Bidding;

internal sealed class BiddingOptionsValidator : IValidateOptions<BiddingOptions>
{
    private const int MaxOpenBids = 10_000;
    private const int MaxEvaluators = 64;
    private static readonly TimeSpan MinTimeout = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan MinSweep = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan MaxSweep = TimeSpan.FromHours(1);

    public ValidateOptionsResult Validate(string? name, BiddingOptions options)
    {
        var errors = new ValidateOptionsResultBuilder();
        if (options.Timeout != TimeSpan.Zero && options.Timeout < MinTimeout)
            errors.AddError($"must be at least {MinTimeout}, or 0 for never, was {options.Timeout}", "bidding.timeout");
        if (options.Deposit is { Amount: <= 0 } deposit)
            errors.AddError($"must be above zero, was {deposit}; leave it out for the market's minimum", "bidding.deposit");
        if (options.MaxOpen is < 1 or > MaxOpenBids)
            errors.AddError($"must be 1 to {MaxOpenBids}, was {options.MaxOpen}", "bidding.max_open");
        if (options.SweepInterval < MinSweep || options.SweepInterval > MaxSweep)
            errors.AddError($"must be {MinSweep} to {MaxSweep}, was {options.SweepInterval}", "bidding.sweep_interval");
        if (options.ReclamationWindow is { } window && window <= TimeSpan.Zero)
            errors.AddError($"must be above zero, was {window}; leave it out to promise none", "bidding.reclamation_window");
        if (options.Evaluators is < 1 or > MaxEvaluators)
            errors.AddError($"must be 1 to {MaxEvaluators}, was {options.Evaluators}", "bidding.evaluators");
        if (options.MaxOrderAge is { } age && age < TimeSpan.FromMinutes(1)) errors.AddError($"must be at least 1m, was {age}; leave it out for any age", "bidding.max_order_age");
        if (options.SpareSlots is < 0 or > 100) errors.AddError($"must be 0 to 100, was {options.SpareSlots}", "bidding.spare_slots");
        foreach (var coin in options.Coins.Where(coin => !Denom.TryParse(coin, out _))) errors.AddError($"'{coin}' is not a coin such as uact", "bidding.coins");
        if (options.AlarmAfter != TimeSpan.Zero && options.AlarmAfter < TimeSpan.FromMinutes(1)) errors.AddError($"must be at least 1m, or 0 for never, was {options.AlarmAfter}", "bidding.alarm_after");
        CheckBudget(options.Budget, errors);
        ListCheck.Check(options.Lists, errors);
        return errors.Build();
    }

    private static void CheckBudget(BudgetOptions budget, ValidateOptionsResultBuilder errors)
    {
        foreach (var (limit, name) in new[] { (budget.FeesPerDay, "fees_per_day"), (budget.FeesPerHour, "fees_per_hour"), (budget.Deposits, "deposits") })
        {
            if (limit is { Amount: <= 0 }) errors.AddError($"must be above zero, was {limit}; leave it out for no limit", $"bidding.budget.{name}");
        }

        if (budget.Keep.Amount < 0) errors.AddError($"must not be negative, was {budget.Keep}", "bidding.budget.keep");
    }
}
