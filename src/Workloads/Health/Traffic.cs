namespace ProviderAgent.Workloads;

/// <summary>Which replicas of a service are sent what comes from outside. Pure.</summary>
internal static class Traffic
{
    /// <summary>Those whose health check has passed, or that have none. Where no replica is so, all: an image's check may be wrong, and no outage is made because of it.</summary>
    /// <param name="running">Replicas of one service that run.</param>
    public static IReadOnlyList<ActualContainer> Choose(IReadOnlyList<ActualContainer> running)
    {
        var ready = running.Where(container => container.IsReady).ToArray();
        return ready.Length > 0 ? ready : running;
    }
}
