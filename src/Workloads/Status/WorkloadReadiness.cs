using ProviderAgent.Inventory;

namespace ProviderAgent.Workloads;

/// <summary>Whether what is won now would run: a tenant pays from the moment its lease begins, so nothing is bid on while nothing can start.</summary>
internal sealed class WorkloadReadiness : IHostReadiness, IDisposable
{
    private readonly IWorkloads _workloads;
    private readonly IIngressView _ingress;
    private int _wasReady;

    public WorkloadReadiness(IWorkloads workloads, IIngressView ingress)
    {
        (_workloads, _ingress) = (workloads, ingress);
        workloads.Changed += OnChanged;
    }

    /// <inheritdoc/>
    public event Action? BecameReady;

    /// <inheritdoc/>
    public string? Problem
    {
        get
        {
            var problem = Find(_workloads.Snapshot);
            if (problem is not null) Volatile.Write(ref _wasReady, 0);
            return problem;
        }
    }

    /// <inheritdoc/>
    public string? WebProblem => _ingress.Snapshot.Problem;

    public void Dispose() => _workloads.Changed -= OnChanged;

    private static string? Find(WorkloadSnapshot snapshot) => snapshot switch
    {
        { EngineProblem: { } problem } => problem,
        { ReadAt: null } => "the container engine has not answered yet; start it with 'systemctl start docker'",
        { IsStale: true } => "the container engine does not answer; start it with 'systemctl start docker'",
        { GuardProblem: { } problem } => $"the firewall between tenants and this host is not in place: {problem}",
        _ => null,
    };

    private void OnChanged()
    {
        if (Problem is null && Interlocked.Exchange(ref _wasReady, 1) == 0) BecameReady?.Invoke();
    }
}
