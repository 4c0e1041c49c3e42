using System.Collections.Concurrent;
using System.Net;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Workloads;

/// <summary>Keeps the port mappings of all running containers. A container that starts anew has a new network namespace, and has lost its own.</summary>
internal sealed partial class PortAliases(IPortMapper mapper, LeaseNotes notes, IOptionsMonitor<WorkloadOptions> options, TimeProvider time, ILogger<PortAliases> log)
{
    private const int SideBySide = 4;
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(10);

    // By run, not by container: its process and start say which run it is.
    private readonly ConcurrentDictionary<string, Attempt> _attempts = new(StringComparer.Ordinal);
    private Task _running = Task.CompletedTask;

    /// <summary>True while its siblings cannot reach a container yet as its manifest says, and that is about to change.</summary>
    public bool IsPending(ActualContainer container) => IsWanted(container) && !(_attempts.TryGetValue(container.Id, out var attempt) && attempt.IsOf(container));

    /// <summary>Begins to map what is not mapped yet, unless that is under way. Returns at once.</summary>
    /// <param name="leases">What the engine holds.</param>
    /// <param name="done">Called when something was mapped.</param>
    /// <param name="ct">Ends it.</param>
    public void Ensure(IReadOnlyCollection<ActualLease> leases, Action done, CancellationToken ct)
    {
        if (!_running.IsCompleted) return;
        var all = leases.SelectMany(lease => lease.Containers.Select(container => (lease.Lease, container))).Where(pair => IsWanted(pair.container)).ToArray();
        foreach (var gone in _attempts.Keys.Except(all.Select(pair => pair.container.Id))) _attempts.TryRemove(gone, out _);
        var due = all.Where(pair => IsDue(pair.container)).ToArray();
        if (due.Length > 0) _running = Task.Run(() => MapAllAsync(due, done, ct), CancellationToken.None);
    }

    private bool IsWanted(ActualContainer container) =>
        container is { Condition: ContainerCondition.Running, Pid: > 0, Aliases.Count: > 0 } && options.CurrentValue.Network.Guard != NetworkGuardMode.Off;

    private bool IsDue(ActualContainer container) =>
        !_attempts.TryGetValue(container.Id, out var attempt) || !attempt.IsOf(container) || (attempt.Failed && time.GetElapsedTime(attempt.At) >= RetryAfter);

    private async Task MapAllAsync((LeaseId Lease, ActualContainer Container)[] due, Action done, CancellationToken ct)
    {
        try
        {
            await Parallel.ForEachAsync(due, new ParallelOptions { MaxDegreeOfParallelism = SideBySide, CancellationToken = ct }, async (pair, token) => await MapAsync(pair.Lease, pair.Container, token));
            done();
        }
        catch (OperationCanceledException)
        {
            // stopping
        }
    }

    private async Task MapAsync(LeaseId lease, ActualContainer container, CancellationToken ct)
    {
        var instance = WorkloadNames.Instance(container.Service, container.Replica);
        var wasFailed = _attempts.TryGetValue(container.Id, out var before) && before.IsOf(container) && before.Failed;
        try
        {
            if (container.Network is not { } network) throw new NetworkGuardException("the engine does not say which address it has");
            await mapper.MapAsync(new(container.Id, container.Pid, network.Subnet, network.Gateway, container.Aliases), ct);
            _attempts[container.Id] = new(container.Pid, container.StartedAt, time.GetTimestamp(), Failed: false);
            Log.Mapped(log, lease, instance, container.Aliases.Count);
        }
        catch (Exception error) when (error is NetworkGuardException or ArgumentException)
        {
            _attempts[container.Id] = new(container.Pid, container.StartedAt, time.GetTimestamp(), Failed: true);
            if (wasFailed) return;
            notes.Add(lease, container.Service, container.Replica, $"its siblings do not reach it on {string.Join(", ", container.Aliases.Select(alias => alias.Port))} but only on the ports that it listens on; this is tried again");
            Log.NotMapped(log, lease, instance, error);
        }
    }

    private readonly record struct Attempt(int Pid, DateTimeOffset? StartedAt, long At, bool Failed)
    {
        public bool IsOf(ActualContainer container) => container.Pid == Pid && container.StartedAt == StartedAt;
    }

    private static partial class Log
    {
        [LoggerMessage(4071, LogLevel.Debug, "{Lease}: {Instance} answers its siblings on {Count} mapped ports", EventName = "Mapped")]
        public static partial void Mapped(ILogger logger, LeaseId lease, string instance, int count);

        [LoggerMessage(4072, LogLevel.Warning, "{Lease}: the ports of {Instance} cannot be mapped; its siblings reach it only on the ports that it listens on. It is tried again", EventName = "NotMapped")]
        public static partial void NotMapped(ILogger logger, LeaseId lease, string instance, Exception error);
    }
}

/// <summary>Where a container is in its lease's network.</summary>
/// <param name="Address">Its own address.</param>
/// <param name="Subnet">The lease's subnet.</param>
/// <param name="Gateway">This host's address in it.</param>
public sealed record ContainerNetwork(IPAddress Address, IPNetwork Subnet, IPAddress Gateway);
