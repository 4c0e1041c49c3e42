using ProviderAgent.Marketplace;
using ProviderAgent.Workloads.Tests.Support;

namespace ProviderAgent.Workloads.Tests.Health;

/// <summary>Health that comes and goes.</summary>
public sealed class HealthDamperTests
{
    private readonly ManualTimeProvider _time = new();
    private readonly HealthDamper _sut;

    public HealthDamperTests() => _sut = new(_time);

    [Fact]
    public void Take_FirstWords_AreTakenInAtOnceAndToldOnce()
    {
        Assert.Equal((HealthVerdict.Starting, null), Change(Take(HealthVerdict.Starting)));
        Assert.Empty(Take(HealthVerdict.Starting).Changes);
        Assert.Equal((HealthVerdict.Unhealthy, HealthVerdict.Starting), Change(Take(HealthVerdict.Unhealthy)));
        Assert.Equal((HealthVerdict.Healthy, HealthVerdict.Unhealthy), Change(Take(HealthVerdict.Healthy)));
    }

    [Fact]
    public void Take_Flapping_MovesTrafficOnlySoOften()
    {
        Take(HealthVerdict.Healthy);
        var moves = 0;

        // Every ten seconds for an hour, as the shortest interval allows.
        for (var check = 1; check <= 360; check++)
        {
            _time.Advance(TimeSpan.FromSeconds(10));
            moves += Take(check % 2 == 1 ? HealthVerdict.Unhealthy : HealthVerdict.Healthy).Changes.Count;
        }

        Assert.InRange(moves, 12, 22); // ten, and one more every five minutes
    }

    [Fact]
    public void Take_FlapsTooOften_HoldsToWhatItWasAndLearnsTheTruthLater()
    {
        Take(HealthVerdict.Healthy);
        for (var flap = 0; flap < 10; flap++) Take(flap % 2 == 0 ? HealthVerdict.Unhealthy : HealthVerdict.Healthy);

        var held = Take(HealthVerdict.Unhealthy);
        Assert.Equal(HealthVerdict.Healthy, Container(held).Health!.Status);
        Assert.Empty(held.Changes);

        _time.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal((HealthVerdict.Unhealthy, HealthVerdict.Healthy), Change(Take(HealthVerdict.Unhealthy)));
    }

    [Fact]
    public void Take_OneLeaseFlaps_AnotherIsHeard()
    {
        var other = LeaseId.Parse("akash1tenant/8/1/1/akash1provider");
        Take(HealthVerdict.Healthy);
        for (var flap = 0; flap < 30; flap++) Take(flap % 2 == 0 ? HealthVerdict.Unhealthy : HealthVerdict.Healthy);

        Assert.Equal((HealthVerdict.Healthy, null), Change(Take(HealthVerdict.Healthy, lease: other)));
        Assert.Equal((HealthVerdict.Unhealthy, HealthVerdict.Healthy), Change(Take(HealthVerdict.Unhealthy, lease: other)));
    }

    [Fact]
    public void Take_StartedAnew_CostsNothing()
    {
        for (var run = 0; run < 50; run++)
        {
            var startedAt = DateTimeOffset.UnixEpoch.AddSeconds(run);
            Assert.Equal((HealthVerdict.Starting, null), Change(Take(HealthVerdict.Starting, startedAt)));
            Assert.Equal((HealthVerdict.Healthy, HealthVerdict.Starting), Change(Take(HealthVerdict.Healthy, startedAt)));
        }
    }

    [Fact]
    public void Take_NoHealthChecks_IsWhatItWas()
    {
        var actual = new Dictionary<LeaseId, ActualLease> { [Build.Lease] = Build.Actual(Build.Container(Build.Spec())) };

        var (leases, changes) = _sut.Take(actual);

        Assert.Same(actual, leases);
        Assert.Empty(changes);
    }

    private static (HealthVerdict, HealthVerdict?) Change((IReadOnlyDictionary<LeaseId, ActualLease> Leases, IReadOnlyList<HealthChange> Changes) taken) =>
        (Assert.Single(taken.Changes).Container.Health!.Status, taken.Changes[0].Before);

    private static ActualContainer Container((IReadOnlyDictionary<LeaseId, ActualLease> Leases, IReadOnlyList<HealthChange> Changes) taken) => Assert.Single(taken.Leases.Values.Single().Containers);

    private (IReadOnlyDictionary<LeaseId, ActualLease> Leases, IReadOnlyList<HealthChange> Changes) Take(HealthVerdict status, DateTimeOffset? startedAt = null, LeaseId? lease = null)
    {
        var id = lease ?? Build.Lease;
        var container = Build.Container(Build.Spec(), id: $"id-{id}") with { StartedAt = startedAt ?? DateTimeOffset.UnixEpoch, Health = new(status, "said so") };
        return _sut.Take(new Dictionary<LeaseId, ActualLease> { [id] = new(id, [container], [], []) });
    }
}
