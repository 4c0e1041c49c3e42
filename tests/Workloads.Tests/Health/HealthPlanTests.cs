using System.Net;
using ProviderAgent.Workloads.Tests.Support;

namespace ProviderAgent.Workloads.Tests.Health;

/// <summary>What follows from health for traffic and updates, and what never does.</summary>
public sealed class HealthPlanTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("healthy healthy", "0 1")]
    [InlineData("healthy unhealthy", "0")]
    [InlineData("starting healthy", "1")]
    [InlineData("none unhealthy starting", "0")]
    [InlineData("unhealthy unhealthy", "0 1")] // no outage is made
    [InlineData("unhealthy starting", "0 1")]
    [InlineData("starting starting", "0 1")]
    public void Traffic_GoesToThoseThatPass_OrToAll(string health, string chosen)
    {
        var running = health.Split(' ').Select((word, replica) => With(Build.Container(Build.Spec(replica: replica)), word)).ToArray();

        Assert.Equal(chosen.Split(' ').Select(int.Parse), Traffic.Choose(running).Select(container => container.Replica));
    }

    [Fact]
    public void Share_OneOfTwoPasses_HasThePortOfTheHostAlone()
    {
        ActualContainer Replica(int number, string health) => With(Build.Container(Build.Spec(replica: number)), health) with
        {
            HostPorts = [new(30_001, 80, PortProtocol.Tcp)],
            Network = new(IPAddress.Parse($"10.213.0.{number + 2}"), IPNetwork.Parse("10.213.0.0/26"), IPAddress.Parse("10.213.0.1")),
        };

        var shared = Assert.Single(TenantGuard.Share([new(Build.Lease, [Replica(0, "unhealthy"), Replica(1, "healthy")], [], [])], IPAddress.Any));

        Assert.Equal([IPEndPoint.Parse("10.213.0.3:80")], shared.Replicas);
    }

    [Theory]
    [InlineData("starting", "old-1")]
    [InlineData("unhealthy", "old-1")]
    [InlineData("healthy", "")]
    public void Update_NewReplicaDoesNotPassYet_TheOldOneRunsOn(string health, string runsOn)
    {
        var (first, second) = (Build.Spec(), Build.Spec(replica: 1));

        var removed = Diff([first, second], [With(Build.Container(first), health), Old(1)]);

        Assert.Equal(runsOn.Length > 0, removed.Count == 0);
    }

    [Fact]
    public void Update_OldReplicaIsNoUse_IsReplacedThoughTheNewOneDoesNotPass()
    {
        var (first, second) = (Build.Spec(), Build.Spec(replica: 1));

        Assert.Equal(["old-1"], Diff([first, second], [With(Build.Container(first), "unhealthy"), With(Old(1), "unhealthy")]));
    }

    [Theory]
    [InlineData("starting")]
    [InlineData("unhealthy")]
    public void Health_Bad_NothingIsDoneToTheReplica(string health)
    {
        var spec = Build.Spec();

        Assert.Empty(Plan([spec], [With(Build.Container(spec), health)]).Steps);
    }

    [Theory]
    [InlineData("none", true, true, 1)]
    [InlineData("healthy", true, true, 1)]
    [InlineData("starting", false, false, 0)]
    [InlineData("unhealthy", true, false, 0)] // it has come to a result, which is no good one
    public void Ready_ByHealth(string health, bool isReady, bool isProved, int ready)
    {
        var spec = Build.Spec();
        var actual = Build.Actual(With(Build.Container(spec), health) with { StartedAt = Now.AddHours(-1) });
        var wanted = Build.Wanted(spec);

        Assert.Equal(isReady, WorkloadPlanner.IsReady(wanted, actual));
        Assert.Equal(isProved, UpdateJudge.IsProved(wanted, actual, TimeSpan.FromMinutes(1), Now, out _));
        Assert.Equal(ready, new LeaseView(null!, null, wanted, actual, new Dictionary<string, string>(), new Dictionary<string, int>()).Ready("web"));
    }

    private static ActualContainer Old(int replica) => Build.Container(Build.Spec(replica: replica), id: $"old-{replica}", hash: "older");

    private static ActualContainer With(ActualContainer container, string health) => health == "none" ? container : container with { Health = new(Enum.Parse<HealthVerdict>(health, ignoreCase: true), "said so") };

    private static IReadOnlyList<string> Diff(ContainerSpec[] wanted, ActualContainer[] actual) => [.. Plan(wanted, actual).Steps.OfType<PlanStep.RemoveContainer>().Select(step => step.Id)];

    private static LeasePlan Plan(ContainerSpec[] wanted, ActualContainer[] actual) =>
        WorkloadPlanner.Diff(Build.Wanted(wanted), Build.Actual(actual), _ => null, _ => new(Now, Recreate: false), (_, _) => false, Now);
}
