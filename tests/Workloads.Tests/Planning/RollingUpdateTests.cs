using ProviderAgent.Workloads.Tests.Support;

namespace ProviderAgent.Workloads.Tests.Planning;

public sealed class RollingUpdateTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Trait(Pain.Trait, Pain.UpdateOnAFullHost)]
    [Fact]
    public void NewImageIsNotHereYet_TheOldOneRunsOn()
    {
        var plan = Diff([Build.Spec()], [Old(0)], pullAt: Now);

        Assert.Equal([new PlanStep.PullImage("web", "registry/app:1")], plan.Steps);
    }

    [Fact]
    public void NewImageCannotBeHadForNow_TheOldOneRunsOnUntilTheNextTry()
    {
        var plan = Diff([Build.Spec()], [Old(0)], pullAt: Now.AddSeconds(20));

        Assert.Empty(plan.Steps);
        Assert.Equal(Now.AddSeconds(20), plan.LookAgainAt);
    }

    [Fact]
    public void SeveralReplicas_TakeTurns()
    {
        var (first, second) = (Build.Spec(), Build.Spec("web", 1));

        Assert.Equal([new PlanStep.RemoveContainer("old-0", Name(0))], Diff([first, second], [Old(0), Old(1)]).Steps);
        Assert.Equal([new PlanStep.CreateContainer(first)], Diff([first, second], [Old(1)]).Steps);
        Assert.Equal([new PlanStep.StartContainer("id-web-0", "web", 0, [])], Diff([first, second], [Build.Container(first, ContainerCondition.Created), Old(1)]).Steps);
        Assert.Equal([new PlanStep.RemoveContainer("old-1", Name(1))], Diff([first, second], [Build.Container(first), Old(1)]).Steps);
        Assert.Empty(Diff([first, second], [Build.Container(first), Build.Container(second)]).Steps);
    }

    [Fact]
    public void OldReplicaThatDoesNotRun_IsReplacedWithoutWaitingForItself()
    {
        var plan = Diff([Build.Spec()], [Old(0, ContainerCondition.Exited)]);

        Assert.Equal([new PlanStep.RemoveContainer("old-0", Name(0))], plan.Steps);
    }

    [Fact]
    public void ServicesDoNotWaitForEachOther()
    {
        var (web, db) = (Build.Spec(), Build.Spec("db"));

        var plan = Diff([web, db], [Old(0), Build.Container(db, id: "old-db", hash: "older")]);

        Assert.Equal(2, plan.Steps.OfType<PlanStep.RemoveContainer>().Count());
    }

    [Fact]
    public void IsProved_OnlyWhenAllHaveRunForLongEnough()
    {
        var (first, second) = (Build.Spec(), Build.Spec("web", 1));
        var actual = Build.Actual(Build.Container(first) with { StartedAt = Now.AddSeconds(-90) }, Build.Container(second) with { StartedAt = Now.AddSeconds(-20) });
        var wanted = Build.Wanted(first, second);

        Assert.False(UpdateJudge.IsProved(wanted, actual, TimeSpan.FromSeconds(60), Now, out var again));
        Assert.Equal(Now.AddSeconds(40), again);
        Assert.True(UpdateJudge.IsProved(wanted, actual, TimeSpan.FromSeconds(20), Now, out again));
        Assert.Null(again);
        Assert.False(UpdateJudge.IsProved(Build.Wanted(first, second, Build.Spec("db")), actual, TimeSpan.Zero, Now, out again));
    }

    [Fact]
    public void FindHopeless_CountsOnlyContainersOfTheUpdate()
    {
        var spec = Build.Spec();
        var wanted = Build.Wanted(spec);

        Assert.Null(UpdateJudge.FindHopeless(wanted, Build.Actual(Old(0)), _ => 99));
        Assert.Null(UpdateJudge.FindHopeless(wanted, Build.Actual(Build.Container(spec)), _ => UpdateJudge.MostFailures - 1));
        Assert.Equal("id-web-0", UpdateJudge.FindHopeless(wanted, Build.Actual(Build.Container(spec)), _ => UpdateJudge.MostFailures)?.Id);
    }

    private static ActualContainer Old(int replica, ContainerCondition condition = ContainerCondition.Running) =>
        Build.Container(Build.Spec("web", replica), condition, id: $"old-{replica}", hash: "older");

    private static string Name(int replica) => WorkloadNames.Container(Build.Lease, "web", replica);

    private static LeasePlan Diff(ContainerSpec[] wanted, ActualContainer[] actual, DateTimeOffset? pullAt = null) => WorkloadPlanner.Diff(
        Build.Wanted(wanted), Build.Actual(actual), _ => pullAt, _ => new(Now, Recreate: false), (_, _) => false, Now);
}
