using Microsoft.Extensions.Options;

namespace ProviderAgent.Ledger;

/// <summary>Checks <see cref="StateOptions"/>, all mistakes at once.</summary>
internal sealed class StateOptionsValidator : IValidateOptions<StateOptions>
{
    public ValidateOptionsResult Validate(string? name, StateOptions options)
    {
        var errors = new ValidateOptionsResultBuilder();
        if (!Path.IsPathFullyQualified(options.Directory)) errors.AddError($"must be an absolute path, was '{options.Directory}'", "state.directory");
        if (options.DecisionRows is < 100 or > 10_000_000) errors.AddError($"must be 100 to 10000000, was {options.DecisionRows}", "state.decision_rows");
        if (options.OrderRows is < 100 or > 100_000_000) errors.AddError($"must be 100 to 100000000, was {options.OrderRows}", "state.order_rows");
        AtLeast(errors, options.DecisionAge, TimeSpan.FromHours(1), "state.decision_age");
        AtLeast(errors, options.HistoryAge, TimeSpan.FromDays(1), "state.history_age");
        return errors.Build();
    }

    private static void AtLeast(ValidateOptionsResultBuilder errors, TimeSpan value, TimeSpan least, string key)
    {
        if (value < least || value > TimeSpan.FromDays(36_500)) errors.AddError($"must be {least} to 100 years, was {value}", key);
    }
}
