using ProviderAgent.Workloads.Tests.Support;

namespace ProviderAgent.Workloads.Tests.Planning;

public sealed class WorkloadPlannerTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Diff_EverythingRuns_HasNoStep()
    {
        var specs = new[] { Build.Spec(), Build.Spec("db"), Build.Spec("web", 1) };

        var plan = Diff(Build.Wanted(specs), Build.Actual([.. specs.Select(spec => Build.Container(spec))]));

        Assert.Empty(plan.Steps);
        Assert.Null(plan.LookAgainAt);
    }

    [Fact]
    public void Diff_NothingThere_NetworkFirstThenContainers()
    {
        var spec = Build.Spec();

        var plan = Diff(Build.Wanted(spec), ActualLease.Nothing(Build.Lease));

        Assert.Equal([new PlanStep.EnsureNetwork(), new PlanStep.CreateContainer(spec)], plan.Steps);
    }

    [Fact]
    public void Diff_ImageNotHere_PullsAndDoesNotCreateYet()
    {
        var spec = Build.Spec();

        var plan = Diff(Build.Wanted(spec, Build.Spec("web", 1)), Build.Actual(), pullAt: Now);

        Assert.Equal([new PlanStep.PullImage("web", "registry/app:1")], plan.Steps);
    }

    [Fact]
    public void Diff_PullFailedBefore_WaitsUntilItsNextTry()
    {
        var plan = Diff(Build.Wanted(Build.Spec()), Build.Actual(), pullAt: Now + TimeSpan.FromSeconds(10));

        Assert.Empty(plan.Steps);
        Assert.Equal(Now + TimeSpan.FromSeconds(10), plan.LookAgainAt);
    }

    [Fact]
    public void Prepare_NoManifestYet_MakesTheNetworkAndLeavesWhatRunsAlone()
    {
        Assert.Equal([new PlanStep.EnsureNetwork()], WorkloadPlanner.Prepare(ActualLease.Nothing(Build.Lease)).Steps);
        Assert.Empty(WorkloadPlanner.Prepare(Build.Actual(Build.Container(Build.Spec()))).Steps);
    }

    [Fact]
    public void Diff_SpecChanged_RemovesTheOldOneBeforeTheNewOneIsMade()
    {
        var old = Build.Spec(image: "registry/app:1");
        var wanted = Build.Spec(image: "registry/app:2");

        var first = Diff(Build.Wanted(wanted), Build.Actual(Build.Container(old, id: "old")));
        var second = Diff(Build.Wanted(wanted), Build.Actual());

        Assert.Equal([new PlanStep.RemoveContainer("old", WorkloadNames.Container(Build.Lease, "web", 0))], first.Steps);
        Assert.Equal([new PlanStep.CreateContainer(wanted)], second.Steps);
    }

    [Trait(FaultRow.Trait, FaultRow.DeadOrNameTaken)]
    [Fact]
    public void Diff_ContainerBeingRemoved_WaitsForItsName()
    {
        var spec = Build.Spec();

        var plan = Diff(Build.Wanted(spec), Build.Actual(Build.Container(spec, ContainerCondition.Removing)));

        Assert.Empty(plan.Steps);
    }

    [Trait(FaultRow.Trait, FaultRow.DeadOrNameTaken)]
    [Fact]
    public void Diff_DeadContainer_IsRemovedAndNeverStarted_AndItsSiblingWaitsForNothing()
    {
        var (dead, sibling) = (Build.Spec(replica: 0), Build.Spec(replica: 1));

        var plan = Diff(Build.Wanted(dead, sibling), Build.Actual(Build.Container(dead, ContainerCondition.Dead), Build.Container(sibling, ContainerCondition.Exited)));

        Assert.Equal([new PlanStep.RemoveContainer("id-web-0", WorkloadNames.Container(Build.Lease, "web", 0)), new PlanStep.StartContainer("id-web-1", "web", 1, [])], plan.Steps);
    }

    [Theory]
    [InlineData(ContainerCondition.Created)]
    [InlineData(ContainerCondition.Exited)]
    public void Diff_NotRunningAndDue_Starts(ContainerCondition condition)
    {
        var spec = Build.Spec();

        var plan = Diff(Build.Wanted(spec), Build.Actual(Build.Container(spec, condition)));

        Assert.Equal([new PlanStep.StartContainer("id-web-0", "web", 0, [])], plan.Steps);
    }

    [Fact]
    public void Diff_NotRunningAndNotDue_WaitsUntilTheEarliest()
    {
        var (web, db) = (Build.Spec(), Build.Spec("db"));

        var plan = Diff(
            Build.Wanted(web, db),
            Build.Actual(Build.Container(web, ContainerCondition.Exited), Build.Container(db, ContainerCondition.Exited)),
            restart: container => new(Now + TimeSpan.FromSeconds(container.Service == "db" ? 20 : 40), Recreate: false));

        Assert.Empty(plan.Steps);
        Assert.Equal(Now + TimeSpan.FromSeconds(20), plan.LookAgainAt);
    }

    [Fact]
    public void Diff_StartFailedAgainAndAgain_MakesANewOne()
    {
        var spec = Build.Spec();

        var plan = Diff(Build.Wanted(spec), Build.Actual(Build.Container(spec, ContainerCondition.Created)), restart: _ => new(Now, Recreate: true));

        Assert.IsType<PlanStep.RemoveContainer>(Assert.Single(plan.Steps));
    }

    [Fact]
    public void Diff_PausedByHand_IsUnpaused()
    {
        var spec = Build.Spec();

        var plan = Diff(Build.Wanted(spec), Build.Actual(Build.Container(spec, ContainerCondition.Paused)));

        Assert.Equal([new PlanStep.UnpauseContainer("id-web-0")], plan.Steps);
    }

    [Fact]
    public void Diff_TwoContainersForOneReplica_KeepsTheWantedOne()
    {
        var spec = Build.Spec();

        var plan = Diff(Build.Wanted(spec), Build.Actual(Build.Container(spec, id: "keep"), Build.Container(spec, id: "extra")));

        Assert.Equal("extra", Assert.IsType<PlanStep.RemoveContainer>(Assert.Single(plan.Steps)).Id);
    }

    [Fact]
    public void Diff_ServiceOrReplicaNoLongerWanted_IsRemoved()
    {
        var spec = Build.Spec();

        var plan = Diff(
            Build.Wanted(spec),
            Build.Actual(Build.Container(spec), Build.Container(Build.Spec("web", 1)), Build.Container(Build.Spec("old"))));

        Assert.Equal(["id-web-1", "id-old-0"], plan.Steps.Cast<PlanStep.RemoveContainer>().Select(step => step.Id));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Teardown_TakesContainersBeforeNetworksBeforeVolumes(bool keep)
    {
        var actual = new ActualLease(Build.Lease, [Build.Container(Build.Spec()), Build.Container(Build.Spec("db"), ContainerCondition.Removing)], ["net-1"], ["vol-1"]);

        Assert.Equal(
            [new PlanStep.RemoveContainer("id-web-0", WorkloadNames.Container(Build.Lease, "web", 0)), new PlanStep.RemoveNetwork("net-1"), new PlanStep.RemoveVolume("vol-1", keep)],
            WorkloadPlanner.Teardown(actual, keep).Steps);
    }

    [Fact]
    public void Diff_GpuIsStillWithAnotherContainer_NothingIsMadeOrStartedOnIt()
    {
        var spec = Build.Spec() with { Gpus = ["GPU-1"] };

        var (create, start) = (Diff(Build.Wanted(spec), Build.Actual(), isGpuTaken: (_, _) => true), Diff(Build.Wanted(spec), Build.Actual(Build.Container(spec, ContainerCondition.Exited)), isGpuTaken: (_, _) => true));

        Assert.Empty(create.Steps);
        Assert.Empty(start.Steps);
        Assert.True(create.LookAgainAt > Now && start.LookAgainAt > Now);
        Assert.Equal([new PlanStep.CreateContainer(spec)], Diff(Build.Wanted(spec), Build.Actual()).Steps);
    }

    [Theory]
    [InlineData(ContainerCondition.Running, true)]
    [InlineData(ContainerCondition.Created, false)]
    [InlineData(ContainerCondition.Exited, false)]
    [InlineData(ContainerCondition.Paused, false)]
    public void IsReady_NeedsEveryReplicaRunning(ContainerCondition condition, bool expected)
    {
        var (web, db) = (Build.Spec(), Build.Spec("db"));

        Assert.Equal(expected, WorkloadPlanner.IsReady(Build.Wanted(web, db), Build.Actual(Build.Container(web), Build.Container(db, condition))));
        Assert.False(WorkloadPlanner.IsReady(Build.Wanted(web, db), Build.Actual(Build.Container(web))));
        Assert.False(WorkloadPlanner.IsReady(Build.Wanted(web), Build.Actual(Build.Container(web, hash: "older"))));
    }

    private static LeasePlan Diff(DesiredLease wanted, ActualLease actual, DateTimeOffset? pullAt = null, Func<ActualContainer, RestartVerdict>? restart = null,
        Func<ContainerSpec, string?, bool>? isGpuTaken = null) =>
        WorkloadPlanner.Diff(wanted, actual, _ => pullAt, restart ?? (_ => new RestartVerdict(Now, Recreate: false)), isGpuTaken ?? ((_, _) => false), Now);
}
