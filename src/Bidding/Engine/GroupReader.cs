using ProviderAgent.Marketplace;

namespace ProviderAgent.Bidding;

/// <summary>Finds out what an order asks for, from the order or, failing that, from its deployment.</summary>
internal sealed class GroupReader(IMarketplace market)
{
    /// <summary>Null when the market knows neither.</summary>
    /// <exception cref="MarketUnavailableException">It cannot be asked.</exception>
    public async Task<OrderFacts?> FindAsync(OrderId id, CancellationToken ct)
    {
        if (await market.FindOrderAsync(id, ct) is { } order) return OrderFacts.Of(order);
        if (await market.FindDeploymentAsync(id.Deployment, ct) is not { } deployment) return null;
        var group = deployment.Groups.FirstOrDefault(group => group.Id == id.Group);
        return group is null ? null : new(id, group.Spec, null, null);
    }
}
