using Microsoft.Extensions.Options;

namespace ProviderAgent.Workloads;

/// <summary>Checks the section <c>reach</c> as a whole and names every mistake.</summary>
internal sealed class ReachOptionsValidator : IValidateOptions<ReachOptions>
{
    public ValidateOptionsResult Validate(string? name, ReachOptions options)
    {
        var errors = new ValidateOptionsResultBuilder();
        Between(options.Interval, TimeSpan.FromSeconds(5), TimeSpan.FromHours(1), "reach.interval", errors);
        Between(options.MappingLease, TimeSpan.FromMinutes(2), TimeSpan.FromDays(1), "reach.mapping_lease", errors);
        // Half of it must pass before the next look but one, or mappings would end between two looks.
        if (options.Router != RouterMode.None && options.MappingLease < 4 * options.Interval)
            errors.AddError($"must be at least four times reach.interval ({options.Interval}), was {options.MappingLease}", "reach.mapping_lease");
        return errors.Build();
    }

    private static void Between(TimeSpan value, TimeSpan least, TimeSpan most, string key, ValidateOptionsResultBuilder errors)
    {
        if (value < least || value > most) errors.AddError($"must be from {least} to {most}, was {value}", key);
    }
}
