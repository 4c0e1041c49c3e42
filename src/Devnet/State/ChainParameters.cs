using ProviderAgent.Devnet.Wires;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Devnet.State;

/// <summary>What governance decides on the real chain. Genesis says it here, and from which height on something else holds.</summary>
/// <param name="BidMinDeposits">Smallest deposit of a bid, one per accepted coin.</param>
/// <param name="OrderMaxBids">An order with more bids than this takes no more.</param>
/// <param name="MinReclaimWindow">Shortest notice that a bid may promise and a deployment may ask for.</param>
/// <param name="MaxReclaimWindow">Longest one.</param>
/// <param name="DeploymentMinDeposits">Smallest deposit of a deployment, one per accepted coin.</param>
/// <param name="HasReclamation">False plays a node before 2.1, which knows nothing of reclamation.</param>
/// <param name="Bme">What coins are worth, and on which terms one becomes another.</param>
internal sealed record ChainParameters(
    ValueList<ChainCoin> BidMinDeposits,
    uint OrderMaxBids,
    TimeSpan MinReclaimWindow,
    TimeSpan MaxReclaimWindow,
    ValueList<ChainCoin> DeploymentMinDeposits,
    bool HasReclamation,
    BmeParameters Bme)
{
    /// <summary>The unit of fees and of bid deposits.</summary>
    public static Denom FeeDenom { get; } = Denom.Parse("uakt");

    /// <summary>The unit of prices and leases.</summary>
    public static Denom PriceDenom { get; } = Denom.Parse("uact");

    public Wire.Market.V1Beta5.Params ToMarketParams()
    {
        var wire = new Wire.Market.V1Beta5.Params
        {
            // The older form of the rule, which knows one coin; it is shown but not applied.
            BidMinDeposit = BidMinDeposits.OrderByDescending(coin => coin.Denom == FeeDenom).Select(coin => coin.ToWire()).FirstOrDefault() ?? new(),
            OrderMaxBids = OrderMaxBids,
        };
        wire.BidMinDeposits.AddRange(Sorted(BidMinDeposits));
        if (!HasReclamation) return wire;
        wire.MinReclamationWindow = MinReclaimWindow.ToWireDuration();
        wire.MaxReclamationWindow = MaxReclaimWindow.ToWireDuration();
        return wire;
    }

    public Wire.Deployment.V1Beta4.Params ToDeploymentParams()
    {
        var wire = new Wire.Deployment.V1Beta4.Params();
        wire.MinDeposits.AddRange(Sorted(DeploymentMinDeposits));
        return wire;
    }

    private static IEnumerable<Wire.Base.Coin> Sorted(IEnumerable<ChainCoin> coins) => coins.OrderBy(coin => coin.Denom).Select(coin => coin.ToWire());
}
