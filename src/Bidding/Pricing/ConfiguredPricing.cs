using Microsoft.Extensions.Options;

namespace ProviderAgent.Bidding;

/// <summary>The policy that the configuration names, with its present settings.</summary>
internal sealed class ConfiguredPricing(IOptionsMonitor<PricingOptions> options) : IPricingPolicy
{
    public ValueTask<PriceResult> PriceAsync(PricingRequest request, CancellationToken ct) =>
        ValueTask.FromResult(RatesPolicy.Price(request.Group, options.CurrentValue.Rates, request.Clock));
}
