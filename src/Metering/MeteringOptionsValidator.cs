using Microsoft.Extensions.Options;

namespace ProviderAgent.Metering;

/// <summary>Checks <see cref="MeteringOptions"/>, all mistakes at once.</summary>
internal sealed class MeteringOptionsValidator : IValidateOptions<MeteringOptions>
{
    public ValidateOptionsResult Validate(string? name, MeteringOptions options)
    {
        var errors = new ValidateOptionsResultBuilder();
        Bounds.Check(errors, options.Interval, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(10), "metering.interval");
        Bounds.Check(errors, options.Retention, TimeSpan.FromHours(1), TimeSpan.FromDays(365), "metering.retention");
        return errors.Build();
    }
}
