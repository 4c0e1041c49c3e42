using ProviderAgent.Marketplace;

namespace ProviderAgent.Bidding;

/// <summary>Each volume with attributes is covered by one of the storage capabilities that we registered; the market checks the same.</summary>
internal sealed class StorageRule : IScreeningRule
{
    public BidDecision.Decline? Check(OrderFacts order, HostFacts host)
    {
        foreach (var unit in order.Group.Units)
        {
            foreach (var volume in unit.Resources.Storage)
            {
                if (!AttributeMatch.StorageMatches(volume, host.Record?.Attributes ?? []))
                    return new(DeclineReason.StorageClass, $"volume '{volume.Name}' asks for {volume.Attributes}, which none of our storage capabilities covers");
            }
        }

        return null;
    }
}
