namespace ProviderAgent.Workloads;

/// <summary>Compares what must run with what runs. Pure: no clock, no engine, no log.</summary>
public static class WorkloadPlanner
{
    // A container that is on its way out gives its devices back within its grace period.
    private static readonly TimeSpan GpuWait = TimeSpan.FromSeconds(2);

    /// <summary>Steps that bring one running lease from <paramref name="actual"/> towards <paramref name="wanted"/>.</summary>
    /// <param name="wanted">What must run.</param>
    /// <param name="actual">What the engine holds. Must be a real answer: an engine that did not answer is not an empty one.</param>
    /// <param name="pullAt">When the image of a container may be pulled; null when it is here and allowed for this tenant.</param>
    /// <param name="restart">What to do with a container that does not run.</param>
    /// <param name="isGpuTaken">Whether a device that a spec needs is still with a container other than the one named.</param>
    /// <param name="now">Present time.</param>
    public static LeasePlan Diff(
        DesiredLease wanted,
        ActualLease actual,
        Func<ContainerSpec, DateTimeOffset?> pullAt,
        Func<ActualContainer, RestartVerdict> restart,
        Func<ContainerSpec, string?, bool> isGpuTaken,
        DateTimeOffset now)
    {
        var steps = new List<PlanStep>();
        DateTimeOffset? lookAgain = null;
        if (actual.Networks.Count == 0) steps.Add(new PlanStep.EnsureNetwork());

        var known = new HashSet<string>(StringComparer.Ordinal);
        var held = Held(actual);
        var rolling = Unsettled(wanted, held);
        foreach (var spec in wanted.Containers)
        {
            var hash = spec.Hash();
            var mine = held[(spec.Service, spec.Replica)].ToArray();
            known.UnionWith(mine.Select(container => container.Id));
            var keep = mine.FirstOrDefault(container => container.SpecHash == hash && container.Condition is not (ContainerCondition.Removing or ContainerCondition.Dead));
            // A container being removed or started, or one that the engine does not answer about, still holds its name: nothing to do but wait for it.
            if (mine.Any(container => container.Condition is ContainerCondition.Starting or ContainerCondition.Stuck)) continue;
            foreach (var dead in mine.Where(other => other.Condition == ContainerCondition.Dead)) steps.Add(Remove(dead)); // nothing ends with it, so nobody waits for a turn
            var outdated = mine.Where(other => other != keep && other.Condition is not (ContainerCondition.Removing or ContainerCondition.Dead)).ToArray();
            if (keep is null && pullAt(spec) is { } due)
            {
                // The old one runs on while the new image comes.
                PullWhenDue(new(spec.Service, spec.Image), due);
                continue;
            }

            // Name, ports, volumes and devices can be with one of them only: stop, then start. Replicas take turns, so that a service never goes as a whole.
            // One that is no use as it is waits for none.
            if (keep is null && outdated.Length > 0 && !rolling.Add(spec.Service) && !outdated.All(other => other.Health is { Status: HealthVerdict.Unhealthy })) continue;
            foreach (var other in outdated) steps.Add(Remove(other));

            if (keep is null)
            {
                if (mine.Length == 0 && isGpuTaken(spec, null)) LookAgain(now + GpuWait);
                else if (mine.Length == 0) steps.Add(new PlanStep.CreateContainer(spec));
                continue;
            }

            if (keep.Name != WorkloadNames.Container(wanted.Lease, spec.Service, spec.Replica))
                steps.Add(new PlanStep.RenameContainer(keep.Id, WorkloadNames.Container(wanted.Lease, spec.Service, spec.Replica)));
            switch (keep.Condition)
            {
                case ContainerCondition.Paused:
                    steps.Add(new PlanStep.UnpauseContainer(keep.Id));
                    break;
                case ContainerCondition.Created or ContainerCondition.Exited:
                    var verdict = restart(keep);
                    if (verdict.At > now) LookAgain(verdict.At);
                    else if (isGpuTaken(spec, keep.Id)) LookAgain(now + GpuWait);
                    else if (verdict.Recreate) steps.Add(Remove(keep));
                    else steps.Add(new PlanStep.StartContainer(keep.Id, keep.Service, keep.Replica, keep.Gpus));
                    break;
            }
        }

        foreach (var extra in actual.Containers)
        {
            if (!known.Contains(extra.Id) && extra.Condition != ContainerCondition.Removing) steps.Add(Remove(extra));
        }

        return new(wanted.Lease, [.. steps], lookAgain);

        void PullWhenDue(PlanStep.PullImage pull, DateTimeOffset due)
        {
            if (due > now) LookAgain(due);
            else if (!steps.Contains(pull)) steps.Add(pull); // replicas share their image
        }

        void LookAgain(DateTimeOffset at) => lookAgain = lookAgain is null || at < lookAgain ? at : lookAgain;
    }

    private static PlanStep.RemoveContainer Remove(ActualContainer container) => new(container.Id, container.Name) { Layer = container.Layer };

    /// <summary>Services of which a replica is on its way: neither ready as wanted, nor still there as it was before.</summary>
    private static HashSet<string> Unsettled(DesiredLease wanted, ILookup<(string Service, int Replica), ActualContainer> held)
    {
        var services = new HashSet<string>(StringComparer.Ordinal);
        foreach (var spec in wanted.Containers)
        {
            var hash = spec.Hash();
            var mine = held[(spec.Service, spec.Replica)].ToArray();
            var isOld = mine.Any(container => container.SpecHash != hash && container.Condition != ContainerCondition.Removing);
            if (!isOld && !mine.Any(container => container.SpecHash == hash && container.IsReady)) services.Add(spec.Service);
        }

        return services;
    }

    /// <summary>Steps for a lease that is paid for but has no manifest yet: only what makes the later start quick. What runs is left alone.</summary>
    public static LeasePlan Prepare(ActualLease actual) => new(actual.Lease, actual.Networks.Count == 0 ? [new PlanStep.EnsureNetwork()] : [], LookAgainAt: null);

    /// <summary>Steps that take away everything of a lease that the market has ended: containers first, then what they used.</summary>
    /// <param name="actual">What the engine holds.</param>
    /// <param name="keepVolumes">What is in its volumes is set aside, because its tenant did not end it.</param>
    public static LeasePlan Teardown(ActualLease actual, bool keepVolumes) => new(
        actual.Lease,
        [
            .. actual.Containers.Where(container => container.Condition != ContainerCondition.Removing)
                .Select(container => (PlanStep)Remove(container)),
            .. actual.Networks.Select(id => (PlanStep)new PlanStep.RemoveNetwork(id)),
            .. actual.Volumes.Select(name => (PlanStep)new PlanStep.RemoveVolume(name, keepVolumes)),
        ],
        LookAgainAt: null);

    /// <summary>True when every wanted replica runs from the wanted spec, and its image's own health check has come to a result.</summary>
    /// <param name="wanted">What must run.</param>
    /// <param name="actual">What the engine holds.</param>
    /// <param name="isDoubtful">Whether a running container does not count yet.</param>
    public static bool IsReady(DesiredLease wanted, ActualLease actual, Func<ActualContainer, bool>? isDoubtful = null)
    {
        var held = Held(actual);
        return wanted.Containers.All(spec => held[(spec.Service, spec.Replica)].Any(container =>
            container is { Condition: ContainerCondition.Running, Health: null or { Status: not HealthVerdict.Starting } }
            && container.SpecHash == spec.Hash()
            && isDoubtful?.Invoke(container) != true));
    }

    private static ILookup<(string Service, int Replica), ActualContainer> Held(ActualLease actual) =>
        actual.Containers.ToLookup(container => (container.Service, container.Replica));
}
