using Microsoft.Extensions.Options;

namespace ProviderAgent.Bidding;

/// <summary>The price of AKT for everybody to read. Written by <see cref="CoinPriceKeeper"/> only.</summary>
internal sealed class CoinPriceBoard(IOptionsMonitor<PricingOptions> options, TimeProvider time)
{
    private volatile CoinPriceState _state = CoinPriceState.Start;

    public CoinPriceState State
    {
        get => _state;
        set => _state = value;
    }

    /// <summary>What may be reckoned with now; null with the reason when nothing may.</summary>
    public CoinPrice? Usable(out string problem)
    {
        var settings = options.CurrentValue.CoinPrice;
        return _state.Usable(time.GetUtcNow(), settings, out problem);
    }
}
