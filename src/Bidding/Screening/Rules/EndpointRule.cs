using ProviderAgent.Marketplace;

namespace ProviderAgent.Bidding;

/// <summary>Ways in that we can offer: host names, while they are served, and ports, but no leased addresses.</summary>
internal sealed class EndpointRule : IScreeningRule
{
    public BidDecision.Decline? Check(OrderFacts order, HostFacts host)
    {
        foreach (var unit in order.Group.Units)
        {
            foreach (var endpoint in unit.Resources.Endpoints)
            {
                if (endpoint.Kind == EndpointKind.LeasedIp)
                    return new(DeclineReason.LeasedIp, $"unit {unit.Resources.Id} asks for an address of its own: none is for sale on this host");
                if (endpoint.Kind == EndpointKind.SharedHttp && host.WebProblem is { } problem)
                    return new(DeclineReason.WebAway, $"unit {unit.Resources.Id} wants to be reached by host name: {problem}");
                if (!Enum.IsDefined(endpoint.Kind)) return new(DeclineReason.Unreadable, $"unit {unit.Resources.Id} asks for an unknown kind of endpoint");
            }
        }

        return null;
    }
}
