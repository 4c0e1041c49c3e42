using ProviderAgent.Marketplace;

namespace ProviderAgent.Workloads.Tests.Status;

public sealed class WorkloadReadinessTests : IDisposable
{
    private static readonly WorkloadSnapshot Ready = new(new Dictionary<LeaseId, LeaseView>(), DateTimeOffset.UnixEpoch, IsStale: false);

    private readonly Seen _workloads = new();
    private readonly Served _ingress = new();
    private readonly WorkloadReadiness _sut;
    private int _raised;

    public WorkloadReadinessTests()
    {
        _sut = new(_workloads, _ingress);
        _sut.BecameReady += () => _raised++;
    }

    public static TheoryData<WorkloadSnapshot, string> NotReady => new()
    {
        { WorkloadSnapshot.Empty, "the container engine has not answered yet; start it with 'systemctl start docker'" },
        { Ready with { IsStale = true }, "the container engine does not answer; start it with 'systemctl start docker'" },
        { WorkloadSnapshot.Empty with { EngineProblem = "no swap limits" }, "no swap limits" },
        { Ready with { EngineProblem = "no chains" }, "no chains" },
        { Ready with { GuardProblem = "no nft" }, "the firewall between tenants and this host is not in place: no nft" },
    };

    public void Dispose() => _sut.Dispose();

    [Theory]
    [MemberData(nameof(NotReady))]
    public void Problem_SaysWhatStandsInTheWay_UntilNothingDoes(WorkloadSnapshot snapshot, string problem)
    {
        _workloads.Become(snapshot);
        Assert.Equal(problem, _sut.Problem);
        Assert.Equal(0, _raised);

        _workloads.Become(Ready);

        Assert.Null(_sut.Problem);
        Assert.Equal(1, _raised);
    }

    [Fact]
    public void BecameReady_IsRaisedOnceForEachTimeThatItWasNot()
    {
        _workloads.Become(Ready);
        _workloads.Become(Ready);
        Assert.Equal(1, _raised);

        // An engine that goes away changes the snapshot without an event.
        _workloads.Turn(Ready with { IsStale = true });
        Assert.NotNull(_sut.Problem);
        _workloads.Become(Ready);
        _workloads.Become(Ready);

        Assert.Equal(2, _raised);
    }

    [Fact]
    public void WebProblem_IsThatOfTheIngress_AndKeepsNothingElseBack()
    {
        _workloads.Become(Ready);
        _ingress.Snapshot = IngressSnapshot.Empty with { Problem = "port 80 is taken" };

        Assert.Equal("port 80 is taken", _sut.WebProblem);
        Assert.Null(_sut.Problem);
    }

    private sealed class Served : IIngressView
    {
        public IngressSnapshot Snapshot { get; set; } = IngressSnapshot.Empty;
    }

    private sealed class Seen : IWorkloads
    {
        public event Action? Changed;

        public WorkloadSnapshot Snapshot { get; private set; } = WorkloadSnapshot.Empty;

        public void Turn(WorkloadSnapshot snapshot) => Snapshot = snapshot;

        public void Become(WorkloadSnapshot snapshot)
        {
            Turn(snapshot);
            Changed?.Invoke();
        }
    }
}
