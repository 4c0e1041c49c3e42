using ProviderAgent.Inventory;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Bidding;

/// <summary>GPUs are for sale here, and of a kind that we registered; the market checks the latter too.</summary>
internal sealed class GpuRule : IScreeningRule
{
    public BidDecision.Decline? Check(OrderFacts order, HostFacts host)
    {
        foreach (var unit in order.Group.Units)
        {
            if (unit.Resources.Gpus == 0) continue;
            if (host.Inventory[ResourceKind.Gpu].Total == 0) return new(DeclineReason.Gpu, "no GPU for sale on this host");
            if (host.Inventory.GpuProblem is { } problem) return new(DeclineReason.Gpu, $"no GPU is sold at the moment: {problem}");
            if (!AttributeMatch.GpuMatches(unit.Resources, host.Record?.Attributes ?? []))
                return new(DeclineReason.Gpu, $"unit {unit.Resources.Id} asks for a GPU {GpuRates.Describe(unit.Resources.GpuAttributes)}, which is not among our attributes");
        }

        return null;
    }
}
