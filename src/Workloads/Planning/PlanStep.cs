using ProviderAgent.Marketplace;

namespace ProviderAgent.Workloads;

/// <summary>One thing to do on the engine. Each is idempotent: doing it twice ends where doing it once ends.</summary>
public abstract record PlanStep
{
    private PlanStep()
    {
    }

    public sealed record EnsureNetwork : PlanStep;

    /// <summary>Makes sure that the image is here and that this tenant may use it. Slow: runs in a lane of its own.</summary>
    public sealed record PullImage(string Service, string Image) : PlanStep;

    public sealed record CreateContainer(ContainerSpec Spec) : PlanStep;

    public sealed record StartContainer(string Id, string Service, int Replica, ValueList<string> Gpus) : PlanStep;

    /// <summary>Ends it with the grace period and starts it again, for a reason that is not the tenant's.</summary>
    public sealed record RestartContainer(string Id, string Service, int Replica, ValueList<string> Gpus) : PlanStep;

    /// <summary>Gives it its own name back, which somebody changed by hand.</summary>
    public sealed record RenameContainer(string Id, string Name) : PlanStep;

    public sealed record UnpauseContainer(string Id) : PlanStep;

    /// <summary>Ends it with the grace period, then removes it with its anonymous volumes and the file system that its layer lies on.</summary>
    public sealed record RemoveContainer(string Id, string Name) : PlanStep
    {
        /// <summary>Key of that file system; empty without.</summary>
        public string Layer { get; init; } = "";
    }

    public sealed record RemoveNetwork(string Id) : PlanStep;

    /// <summary>Removes a persistent volume, or sets what is in it aside for the grace period.</summary>
    public sealed record RemoveVolume(string Name, bool Keep) : PlanStep;
}

/// <summary>What to do for one lease now.</summary>
/// <param name="Lease">The lease.</param>
/// <param name="Steps">In order. Empty: as wanted, or waiting.</param>
/// <param name="LookAgainAt">When something falls due without any event, for example a restart; null when nothing does.</param>
public sealed record LeasePlan(LeaseId Lease, ValueList<PlanStep> Steps, DateTimeOffset? LookAgainAt);
