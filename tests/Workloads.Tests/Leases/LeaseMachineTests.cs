using FsCheck;
using FsCheck.Fluent;

namespace ProviderAgent.Workloads.Tests.Leases;

public sealed class LeaseMachineTests
{
    [Theory]
    [InlineData(LeaseStage.AwaitingManifest, LeaseEvent.ManifestAccepted, LeaseStage.Deploying)]
    [InlineData(LeaseStage.AwaitingManifest, LeaseEvent.CloseSeen, LeaseStage.Closing)]
    [InlineData(LeaseStage.AwaitingManifest, LeaseEvent.ReplicasReady, null)]
    [InlineData(LeaseStage.AwaitingManifest, LeaseEvent.ContainersGone, null)]
    [InlineData(LeaseStage.AwaitingManifest, LeaseEvent.ManifestOverdue, LeaseStage.Overdue)]
    [InlineData(LeaseStage.Overdue, LeaseEvent.ManifestAccepted, null)]
    [InlineData(LeaseStage.Overdue, LeaseEvent.CloseSeen, LeaseStage.Closing)]
    [InlineData(LeaseStage.Overdue, LeaseEvent.CloseRefused, LeaseStage.AwaitingManifest)]
    [InlineData(LeaseStage.Deploying, LeaseEvent.ManifestOverdue, null)]
    [InlineData(LeaseStage.Active, LeaseEvent.ManifestOverdue, null)]
    [InlineData(LeaseStage.Closing, LeaseEvent.CloseRefused, null)]
    [InlineData(LeaseStage.Deploying, LeaseEvent.ManifestAccepted, LeaseStage.Deploying)]
    [InlineData(LeaseStage.Deploying, LeaseEvent.ReplicasReady, LeaseStage.Active)]
    [InlineData(LeaseStage.Deploying, LeaseEvent.CloseSeen, LeaseStage.Closing)]
    [InlineData(LeaseStage.Deploying, LeaseEvent.ContainersGone, null)]
    [InlineData(LeaseStage.Active, LeaseEvent.ManifestAccepted, LeaseStage.Updating)]
    [InlineData(LeaseStage.Active, LeaseEvent.ReplicasReady, null)]
    [InlineData(LeaseStage.Active, LeaseEvent.CloseSeen, LeaseStage.Closing)]
    [InlineData(LeaseStage.Active, LeaseEvent.ContainersGone, null)]
    [InlineData(LeaseStage.Updating, LeaseEvent.ManifestAccepted, LeaseStage.Updating)]
    [InlineData(LeaseStage.Updating, LeaseEvent.ReplicasReady, LeaseStage.Active)]
    [InlineData(LeaseStage.Updating, LeaseEvent.CloseSeen, LeaseStage.Closing)]
    [InlineData(LeaseStage.Updating, LeaseEvent.ContainersGone, null)]
    [InlineData(LeaseStage.Closing, LeaseEvent.ManifestAccepted, null)]
    [InlineData(LeaseStage.Closing, LeaseEvent.ReplicasReady, null)]
    [InlineData(LeaseStage.Closing, LeaseEvent.CloseSeen, null)]
    [InlineData(LeaseStage.Closing, LeaseEvent.ContainersGone, LeaseStage.Closed)]
    [InlineData(LeaseStage.Closed, LeaseEvent.ManifestAccepted, null)]
    [InlineData(LeaseStage.Closed, LeaseEvent.ReplicasReady, null)]
    [InlineData(LeaseStage.Closed, LeaseEvent.CloseSeen, null)]
    [InlineData(LeaseStage.Closed, LeaseEvent.ContainersGone, null)]
    public void Next_EveryCellOfTheTable(LeaseStage stage, LeaseEvent happened, LeaseStage? expected) =>
        Assert.Equal(expected, LeaseMachine.Next(stage, happened));

    [Fact]
    public void AnyOrderOfEvents_WithACloseInIt_EndsClosingOrClosed() =>
        Prop.ForAll<LeaseEvent[], LeaseEvent[]>((before, after) =>
        {
            var stage = Run(Run(LeaseStage.AwaitingManifest, before), [LeaseEvent.CloseSeen]);
            return Run(stage, after) is LeaseStage.Closing or LeaseStage.Closed;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void RepeatingAnEvent_ChangesNothingMore() =>
        Prop.ForAll<LeaseEvent[], LeaseEvent>((before, happened) =>
        {
            var once = Run(LeaseStage.AwaitingManifest, [.. before, happened]);
            return Run(once, [happened]) == once;
        }).QuickCheckThrowOnFailure();

    private static LeaseStage Run(LeaseStage stage, IEnumerable<LeaseEvent> events) =>
        events.Aggregate(stage, (at, happened) => LeaseMachine.Next(at, happened) ?? at);
}
