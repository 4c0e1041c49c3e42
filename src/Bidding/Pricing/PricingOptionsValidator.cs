using System.Globalization;
using Microsoft.Extensions.Options;

namespace ProviderAgent.Bidding;

internal sealed class PricingOptionsValidator : IValidateOptions<PricingOptions>
{
    private const decimal MaxPrice = 1_000_000_000m;
    private const int MaxDecimals = 18;

    public ValidateOptionsResult Validate(string? name, PricingOptions options)
    {
        var errors = new ValidateOptionsResultBuilder();
        if (!Enum.IsDefined(options.Policy)) errors.AddError("must be rates", "pricing.policy");
        if (options.Currency != "usd") errors.AddError($"must be usd, was '{options.Currency}'", "pricing.currency");

        var rates = options.Rates;
        CheckPrice(rates.Cpu, "pricing.rates.cpu", errors);
        CheckPrice(rates.Memory, "pricing.rates.memory", errors);
        CheckPrice(rates.Endpoint, "pricing.rates.endpoint", errors);
        CheckPrice(rates.Ip, "pricing.rates.ip", errors);
        foreach (var (storageClass, price) in rates.Storage) CheckPrice(price, $"pricing.rates.storage.{storageClass}", errors);
        foreach (var (key, price) in rates.Gpu)
        {
            CheckPrice(price, $"pricing.rates.gpu.{key}", errors);
            if (!GpuRates.IsKey(key))
                errors.AddError("must be a model with optional memory and interface, for example h100.80Gi.sxm, or *", $"pricing.rates.gpu.{key}");
        }

        if (rates.Cpu == 0 && rates.Memory == 0 && rates.Endpoint == 0 && rates.Ip == 0 && rates.Storage.Values.All(IsZero) && rates.Gpu.Values.All(IsZero))
            errors.AddError("must not all be 0: the market takes no bid for nothing", "pricing.rates");
        return errors.Build();
    }

    private static bool IsZero(decimal price) => price == 0;

    private static void CheckPrice(decimal price, string key, ValidateOptionsResultBuilder errors)
    {
        if (price is < 0 or > MaxPrice || decimal.Round(price, MaxDecimals) != price)
            errors.AddError(string.Create(CultureInfo.InvariantCulture, $"must be 0 to {MaxPrice} with at most {MaxDecimals} decimals, was {price}"), key);
    }
}
