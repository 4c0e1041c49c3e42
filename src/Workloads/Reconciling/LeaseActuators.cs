using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using ProviderAgent.Docker;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Workloads;

/// <summary>Runs plans: at most one for each lease at a time, several leases side by side, pulls apart from everything else.</summary>
internal sealed partial class LeaseActuators(
    PlanRunner runner,
    ImageKeeper images,
    RestartTracker restarts,
    LeaseNotes notes,
    IEnumerable<ILeaseEnding> endings,
    TimeProvider time,
    ILogger<LeaseActuators> log) : IDisposable
{
    private const int MaxSideBySide = 8;

    /// <summary>Ends in a row that are called a loop.</summary>
    private const int EndsOfALoop = 5;

    // A last sample that hangs must not keep an ended lease running.
    private static readonly TimeSpan EndingAllowance = TimeSpan.FromSeconds(5);

    // An engine gives its containers 10 s to end before it kills them.
    private static readonly TimeSpan EngineStopAllowance = TimeSpan.FromSeconds(20);

    private readonly ConcurrentDictionary<LeaseId, bool> _busy = new();
    private readonly ConcurrentDictionary<(LeaseId Lease, PlanStep.PullImage Pull), bool> _pulling = new();
    private readonly ConcurrentDictionary<(LeaseId Lease, string Service), string> _problems = new();
    private readonly ConcurrentDictionary<LeaseId, Pause> _pauses = new();

    // Steps that something of this host stands in the way of: they wait, what else is to be done for the lease does not.
    private readonly ConcurrentDictionary<(LeaseId Lease, PlanStep Step), Pause> _blocked = new();

    // Why the latest plan of a lease was not carried out, where that has not been told of a service.
    private readonly ConcurrentDictionary<LeaseId, string> _setbacks = new();
    private readonly SemaphoreSlim _lanes = new(MaxSideBySide);
    private readonly CancellationTokenSource _stopping = new();

    public bool IsBusy(LeaseId lease) => _busy.ContainsKey(lease);

    /// <summary>What is left to do for a lease.</summary>
    /// <param name="wanted">What must run.</param>
    /// <param name="actual">What the engine holds for the lease.</param>
    /// <param name="gpuHolders">Every container of this provider that was given GPUs, by their UUIDs.</param>
    public LeasePlan Plan(WantedLease wanted, ActualLease actual, ILookup<string, ActualContainer> gpuHolders)
    {
        var lease = wanted.Desired.Lease;
        var now = time.GetUtcNow();
        return WorkloadPlanner.Diff(
            wanted.Desired,
            actual,
            spec => images.Find(lease, spec.Service, spec.Image) is null ? images.NextTry(lease, spec.Service, spec.Image) : null,
            container => restarts.Verdict(container, now),
            IsGpuTaken,
            now);

        bool IsGpuTaken(ContainerSpec spec, string? id)
        {
            foreach (var uuid in spec.Gpus)
            {
                if (gpuHolders[uuid].FirstOrDefault(holder => holder.Id != id) is not { } holder) continue;
                Problem(lease, spec.Service, $"waits for {uuid}, which the container {holder.Name} still has");
                return true;
            }

            return false;
        }
    }

    /// <summary>Begins to get the images of these containers that are neither usable yet nor have to wait after a failure.</summary>
    /// <param name="wanted">The containers.</param>
    /// <param name="done">Called when an image is here, or cannot be had.</param>
    /// <returns>Completes when that is so for all that were begun now; never fails.</returns>
    public Task FetchImagesAsync(WantedLease wanted, Action done)
    {
        var lease = wanted.Desired.Lease;
        var now = time.GetUtcNow();
        return Task.WhenAll(wanted.Desired.Containers
            .Select(spec => new PlanStep.PullImage(spec.Service, spec.Image))
            .Distinct()
            .Where(pull => images.Find(lease, pull.Service, pull.Image) is null && images.NextTry(lease, pull.Service, pull.Image) <= now)
            .Select(pull => StartPull(lease, pull, wanted, done)));
    }

    /// <summary>Begins to carry the plan out, unless an earlier one of the lease is still under way or a failed one has to wait.</summary>
    /// <param name="plan">What to do.</param>
    /// <param name="wanted">Where it came from; null for a teardown.</param>
    /// <param name="done">Called when something was done, so that the result is looked at.</param>
    public void Start(LeasePlan plan, WantedLease? wanted, Action done)
    {
        foreach (var pull in plan.Steps.OfType<PlanStep.PullImage>()) _ = StartPull(plan.Lease, pull, wanted, done);
        var steps = plan.Steps.Where(step => step is not PlanStep.PullImage && !(_blocked.TryGetValue((plan.Lease, step), out var wait) && IsOn(wait))).ToValueList();
        if (steps.Count == 0 || (_pauses.TryGetValue(plan.Lease, out var pause) && IsOn(pause))) return;
        if (!_busy.TryAdd(plan.Lease, true)) return;
        _ = Task.Run(() => RunAsync(plan with { Steps = steps }, wanted, done), CancellationToken.None);
    }

    /// <summary>The engine was started again, and it takes its containers down with it: whatever ended meanwhile is no crash of its tenant.</summary>
    /// <param name="before">What was seen before.</param>
    /// <param name="now">What the engine holds now.</param>
    /// <param name="since">How long ago the engine went away.</param>
    public void ExcuseEnds(IReadOnlyDictionary<LeaseId, LeaseView> before, IReadOnlyDictionary<LeaseId, ActualLease> now, TimeSpan since)
    {
        foreach (var (lease, view) in before)
        {
            if (!now.TryGetValue(lease, out var actual)) continue;
            var ran = view.Actual.Containers.Where(container => container.Condition == ContainerCondition.Running).Select(container => container.Id).ToHashSet(StringComparer.Ordinal);
            foreach (var ended in actual.Containers.Where(container => container.Condition == ContainerCondition.Exited))
            {
                // An engine that is stopped ends its containers first, and still tells of it.
                if (restarts.HasEnded(ended.Id) ? !restarts.HasEnded(ended.Id, since + EngineStopAllowance) : !ran.Contains(ended.Id)) continue;
                restarts.TakeBack(ended.Id);
                Problem(lease, ended.Service, null); // a start that failed while the engine was being stopped
                notes.Add(lease, ended.Service, ended.Replica, "ended because this host's container engine was restarted; it is started again");
            }
        }
    }

    /// <summary>The replica that keeps an update from staying up; null when none does yet.</summary>
    public ActualContainer? FindHopeless(DesiredLease wanted, ActualLease actual) => UpdateJudge.FindHopeless(wanted, actual, container => restarts.Failures(container.Id));

    /// <summary>Begins to carry out one step outside of any plan.</summary>
    /// <returns>False when something else is being done for the lease.</returns>
    public bool TryRun(LeaseId lease, PlanStep step, Action done)
    {
        if (!_busy.TryAdd(lease, true)) return false;
        _ = Task.Run(() => RunAsync(new(lease, [step], LookAgainAt: null), wanted: null, done), CancellationToken.None);
        return true;
    }

    /// <summary>Notes why a service (or, with an empty name, the lease) is not as it should be; null when it is again.</summary>
    /// <returns>True when this is news.</returns>
    public bool Problem(LeaseId lease, string service, string? text)
    {
        if (text is null) return _problems.TryRemove((lease, service), out _);
        var news = !_problems.TryGetValue((lease, service), out var known) || known != text;
        _problems[(lease, service)] = text;
        return news;
    }

    public LeaseView View(LeaseRecord lease, WantedLease? wanted, ActualLease actual)
    {
        var problems = _problems.Where(problem => problem.Key.Lease == lease.Id).ToDictionary(problem => problem.Key.Service, problem => problem.Value);
        foreach (var spec in wanted?.Desired.Containers ?? [])
        {
            if (images.FailureOf(lease.Id, spec.Service, spec.Image) is { } failure) problems[spec.Service] = failure;
        }

        if (_setbacks.TryGetValue(lease.Id, out var setback) && problems.Count == 0) problems[""] = setback;
        var exits = new Dictionary<string, LastExit>(StringComparer.Ordinal);
        foreach (var container in actual.Containers)
        {
            if (restarts.LastExit(container.Id) is { } exit) exits[WorkloadNames.Instance(container.Service, container.Replica)] = exit;
            if (Trouble(container) is { } trouble) problems.TryAdd(container.Service, trouble);
        }

        return new(
            lease,
            wanted?.Group,
            wanted?.Desired,
            actual,
            problems,
            actual.Containers.ToLookup(container => WorkloadNames.Instance(container.Service, container.Replica)).ToDictionary(
                group => group.Key, group => group.Sum(container => restarts.Restarts(container.Id))))
        {
            Notes = notes.Of(lease.Id),
            LastExits = exits,
        };
    }

    /// <summary>What stood in everybody's way is gone: nobody waits any longer for its next try.</summary>
    public void EndPauses()
    {
        _pauses.Clear();
        restarts.ForgiveFailedStarts();
    }

    /// <summary>The lease is over.</summary>
    public void Forget(LeaseId lease)
    {
        images.Forget(lease);
        notes.Forget(lease);
        _pauses.TryRemove(lease, out _);
        _setbacks.TryRemove(lease, out _);
        foreach (var key in _blocked.Keys.Where(key => key.Lease == lease)) _blocked.TryRemove(key, out _);
        foreach (var key in _problems.Keys.Where(key => key.Lease == lease)) _problems.TryRemove(key, out _);
    }

    public void Dispose()
    {
        _stopping.Cancel();
        _stopping.Dispose();
        _lanes.Dispose();
    }

    /// <summary>What a tenant should know of a container's state; null when all is well.</summary>
    private string? Trouble(ActualContainer container)
    {
        var instance = WorkloadNames.Instance(container.Service, container.Replica);
        var ends = restarts.Restarts(container.Id);
        if (container.Condition == ContainerCondition.Exited)
        {
            var why = new LastExit(container.FinishedAt, container.ExitCode, container.OutOfMemory, container.Error).Text;
            return ends >= EndsOfALoop
                ? $"{instance} {why}: it ends again and again ({ends} times so far) and is started with pauses of up to 5 min"
                : $"{instance} {why}; it is started again after a pause that grows with each end";
        }

        if (container.Condition == ContainerCondition.Stuck) return $"{instance}: the container engine does not answer about it, most likely because its runtime hangs; the operator is told";
        if (container.Health is { Status: HealthVerdict.Unhealthy } health) return $"{instance} is unhealthy by its image's own check: {health.Output}";
        if (container is { Condition: ContainerCondition.Running, OutOfMemory: true }) return $"{instance}: a process in it was ended for lack of memory";
        return container.Condition == ContainerCondition.Running && ends >= EndsOfALoop && restarts.LastExit(container.Id) is { } last
            ? $"{instance} runs again, but {last.Text} {ends} times before"
            : null;
    }

    private async Task RunAsync(LeasePlan plan, WantedLease? wanted, Action done)
    {
        try
        {
            await _lanes.WaitAsync(_stopping.Token);
            try
            {
                if (wanted is null) await TellEndingAsync(plan);
                var blocked = await runner.RunAsync(plan, wanted?.Desired.Manifest ?? default, (service, text) => Problem(plan.Lease, service, text), _stopping.Token);
                foreach (var step in plan.Steps)
                {
                    var key = (plan.Lease, step);
                    if (!blocked.Contains(step)) _blocked.TryRemove(key, out _);
                    else _blocked[key] = new((_blocked.GetValueOrDefault(key)?.Failures ?? 0) + 1, time.GetTimestamp());
                }

                _pauses.TryRemove(plan.Lease, out _);
                _setbacks.TryRemove(plan.Lease, out _);
            }
            finally
            {
                _lanes.Release();
            }
        }
        catch (Exception error) when (error is EngineException or DiskException or HostFaultException)
        {
            var failures = (_pauses.GetValueOrDefault(plan.Lease)?.Failures ?? 0) + 1;
            // An engine that is away is no fault of the lease: try as soon as it is back. One that answers others is not away.
            if (error is not EngineUnavailableException { Reason: not EngineUnavailableReason.DeadlinePassed }) _pauses[plan.Lease] = new(failures, time.GetTimestamp());
            if (Setback(error) is { } setback) _setbacks[plan.Lease] = setback;
            Log.StepFailed(log, plan.Lease, error);
        }
        catch (Exception error) when (error is OperationCanceledException or ObjectDisposedException)
        {
            // stopping: the next run carries on from what the engine then holds
        }
        finally
        {
            _busy.TryRemove(plan.Lease, out _);
            done();
        }
    }

    /// <summary>What the tenant should know of a plan that was not carried out; null when it is told elsewhere, or only has to wait for the engine.</summary>
    private static string? Setback(Exception error) => error switch
    {
        HostFaultException => error.Message,
        EngineUnavailableException { Reason: EngineUnavailableReason.DeadlinePassed } => "the container engine of this host did not answer in time; it is tried again, and the operator is told",
        DockerApiException refused => $"the container engine of this host refused a step: {refused.ResponseBody}; it is tried again",
        _ => null,
    };

    private async Task TellEndingAsync(LeasePlan plan)
    {
        if (!plan.Steps.Any(step => step is PlanStep.RemoveContainer)) return;
        using var allowance = new CancellationTokenSource(EndingAllowance, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token, allowance.Token);
        try
        {
            foreach (var ending in endings) await ending.EndingAsync(plan.Lease, either.Token);
        }
        catch (OperationCanceledException) when (!_stopping.IsCancellationRequested)
        {
            // took too long: the lease ends without it
        }
    }

    private Task StartPull(LeaseId lease, PlanStep.PullImage pull, WantedLease? wanted, Action done)
    {
        return _pulling.TryAdd((lease, pull), true) ? Task.Run(PullAsync, CancellationToken.None) : Task.CompletedTask;

        async Task PullAsync()
        {
            try
            {
                await images.EnsureAsync(lease, pull.Service, pull.Image, wanted?.Group.FindService(pull.Service)?.Credentials, _stopping.Token);
            }
            catch (EngineException error)
            {
                Log.StepFailed(log, lease, error);
            }
            catch (Exception error) when (error is OperationCanceledException or ObjectDisposedException)
            {
                // stopping
            }
            finally
            {
                _pulling.TryRemove((lease, pull), out _);
                done();
            }
        }
    }

    private bool IsOn(Pause pause) => time.GetElapsedTime(pause.Since) < RestartPolicy.Pause(pause.Failures);

    private sealed record Pause(int Failures, long Since);

    private static partial class Log
    {
        [LoggerMessage(4050, LogLevel.Warning, "{Lease}: a step failed; what is left to do is worked out anew", EventName = "StepFailed")]
        public static partial void StepFailed(ILogger logger, LeaseId lease, Exception error);
    }
}
