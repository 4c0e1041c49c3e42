using System.Globalization;
using Microsoft.Extensions.Options;

namespace ProviderAgent.Bidding;

/// <summary>Finds every mistake in <c>pricing.coin_price</c>.</summary>
internal static class CoinPriceCheck
{
    private const int MaxSources = 10;

    public static void Check(CoinPriceOptions options, ValidateOptionsResultBuilder errors)
    {
        if (options.Sources.Count > MaxSources) errors.AddError($"at most {MaxSources} are possible, there are {options.Sources.Count}", "pricing.coin_price.sources");
        for (var i = 0; i < options.Sources.Count; i++)
        {
            var (source, key) = (options.Sources[i], $"pricing.coin_price.sources[{i}]");
            if (source.Url is null) errors.AddError("is missing", $"{key}.url");
            else if (!SmallBody.IsAllowed(source.Url)) errors.AddError("must be https, or http on this machine: whoever is on the way could set our prices", $"{key}.url");
            if (source.Path.Length > 0 && CoinPriceReader.Steps(source.Path) is null) errors.AddError($"'{source.Path}' must be names and numbers such as data[0].price", $"{key}.path");
        }

        var most = Math.Max(1, options.Sources.Count);
        if (options.MinSources < 1 || options.MinSources > most) errors.AddError(string.Create(CultureInfo.InvariantCulture, $"must be 1 to the number of sources ({most}), was {options.MinSources}"), "pricing.coin_price.min_sources");
        CheckTime(options.Interval, TimeSpan.FromSeconds(10), TimeSpan.FromHours(1), "interval", errors);
        CheckTime(options.Timeout, TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(1), "timeout", errors);
        CheckTime(options.MaxAge, options.Interval, TimeSpan.FromDays(1), "max_age", errors);
        if (options.MaxJump is <= 1 or > 100) errors.AddError(string.Create(CultureInfo.InvariantCulture, $"must be above 1 and at most 100, was {options.MaxJump}"), "pricing.coin_price.max_jump");
        if (options.Confirm is < 2 or > 1000) errors.AddError(string.Create(CultureInfo.InvariantCulture, $"must be 2 to 1000, was {options.Confirm}"), "pricing.coin_price.confirm");
        if (options.WhenUnsure is <= 0 or > 1_000_000m) errors.AddError("must be above 0 and at most 1000000", "pricing.coin_price.when_unsure");
    }

    private static void CheckTime(TimeSpan value, TimeSpan min, TimeSpan max, string name, ValidateOptionsResultBuilder errors)
    {
        if (value < min || value > max) errors.AddError($"must be {min} to {max}, was {value}", $"pricing.coin_price.{name}");
    }
}
