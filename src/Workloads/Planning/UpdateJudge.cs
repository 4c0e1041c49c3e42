namespace ProviderAgent.Workloads;

/// <summary>Judges a manifest by what has become of its containers. Pure.</summary>
internal static class UpdateJudge
{
    /// <summary>Ends, or failed starts, of one replica after which an update is given up.</summary>
    public const int MostFailures = 3;

    /// <summary>Whether every replica has stayed up for long enough, and is not unhealthy, so that this manifest is one to come back to.</summary>
    /// <param name="wanted">What must run.</param>
    /// <param name="actual">What the engine holds.</param>
    /// <param name="stableAfter">How long is long enough.</param>
    /// <param name="now">Present time.</param>
    /// <param name="lookAgainAt">When it will be, if nothing happens until then; null when it is, or when replicas are missing.</param>
    public static bool IsProved(DesiredLease wanted, ActualLease actual, TimeSpan stableAfter, DateTimeOffset now, out DateTimeOffset? lookAgainAt)
    {
        lookAgainAt = null;
        if (!WorkloadPlanner.IsReady(wanted, actual)) return false;
        if (Of(wanted, actual).Any(container => container.Health is { Status: HealthVerdict.Unhealthy })) return false;
        var youngest = Of(wanted, actual).Max(container => container.StartedAt) ?? now;
        if (now - youngest >= stableAfter) return true;
        lookAgainAt = youngest + stableAfter;
        return false;
    }

    /// <summary>The replica that keeps an update from staying up; null when none does yet.</summary>
    /// <param name="wanted">What must run.</param>
    /// <param name="actual">What the engine holds.</param>
    /// <param name="failures">Ends and failed starts of a container that followed each other without a healthy time between them.</param>
    public static ActualContainer? FindHopeless(DesiredLease wanted, ActualLease actual, Func<ActualContainer, int> failures) =>
        Of(wanted, actual).FirstOrDefault(container => failures(container) >= MostFailures);

    private static IEnumerable<ActualContainer> Of(DesiredLease wanted, ActualLease actual)
    {
        var hashes = wanted.Containers.Select(spec => (spec.Service, spec.Replica, Hash: spec.Hash())).ToHashSet();
        return actual.Containers.Where(container => hashes.Contains((container.Service, container.Replica, container.SpecHash)));
    }
}
