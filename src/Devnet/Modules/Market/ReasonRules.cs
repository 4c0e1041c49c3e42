using System.Globalization;
using ProviderAgent.Devnet.Errors;
using WireReason = ProviderAgent.Chain.Wire.Market.V1.LeaseClosedReason;

namespace ProviderAgent.Devnet.Modules.Market;

internal static class ReasonRules
{
    /// <summary>Reasons that a provider may give.</summary>
    public static void ValidateProviders(WireReason reason)
    {
        if ((int)reason is < 10_000 or > 19_999)
        {
            throw MarketErrors.InvalidLeaseClosedReason.Because(string.Create(CultureInfo.InvariantCulture, $"value \"{(int)reason}\" range 10000..19999"));
        }
    }
}
