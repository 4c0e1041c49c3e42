using System.Runtime.CompilerServices;
using System.Threading.Channels;
using ProviderAgent.Docker;
using ProviderAgent.Docker.Models;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Workloads;

/// <summary>One line that a replica wrote.</summary>
/// <param name="Instance">For example <c>web-0</c>.</param>
/// <param name="Text">Without its line end.</param>
public readonly record struct WorkloadLogLine(string Instance, string Text);

/// <summary>Reads what tenants' containers wrote.</summary>
public interface IWorkloadLogs
{
    /// <summary>First what this host did to the replicas lately, in lines that begin with <c>[provider]</c>; then lines of all replicas, each replica's in order. Ends when the last container's log ends; while following, when the last container does.</summary>
    /// <param name="lease">The lease.</param>
    /// <param name="services">Only these; empty for all.</param>
    /// <param name="follow">Also what is still to come.</param>
    /// <param name="tail">Lines from the end of each replica's log; null for all.</param>
    /// <param name="ct">Ends the reading.</param>
    /// <exception cref="EngineException">The engine went away.</exception>
    IAsyncEnumerable<WorkloadLogLine> ReadAsync(LeaseId lease, IReadOnlyCollection<string> services, bool follow, long? tail, CancellationToken ct);
}

/// <inheritdoc/>
internal sealed class WorkloadLogs(IDockerClient engine, IWorkloads workloads) : IWorkloadLogs
{
    private const int Buffered = 256;

    public async IAsyncEnumerable<WorkloadLogLine> ReadAsync(
        LeaseId lease, IReadOnlyCollection<string> services, bool follow, long? tail, [EnumeratorCancellation] CancellationToken ct)
    {
        if (!workloads.Snapshot.Leases.TryGetValue(lease, out var view)) yield break;
        var containers = view.Actual.Containers.Where(container => services.Count == 0 || services.Contains(container.Service)).ToArray();
        foreach (var note in view.Notes.Where(note => services.Count == 0 || services.Contains(note.Service)))
            yield return new(note.Instance, $"[provider] {note.At:u} {note.Text}");

        // A reader that is slow holds the engine's streams back; nothing piles up here.
        var lines = Channel.CreateBounded<WorkloadLogLine>(new BoundedChannelOptions(Buffered) { FullMode = BoundedChannelFullMode.Wait, SingleReader = true });
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var reading = Task.WhenAll(containers.Select(container => CopyAsync(container, follow, tail, lines.Writer, stop.Token)));
        var completing = reading.ContinueWith(done => lines.Writer.TryComplete(done.Exception?.InnerException), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        try
        {
            await foreach (var line in lines.Reader.ReadAllAsync(ct)) yield return line;
        }
        finally
        {
            await stop.CancelAsync();
            await completing;
        }
    }

    private async Task CopyAsync(ActualContainer container, bool follow, long? tail, ChannelWriter<WorkloadLogLine> lines, CancellationToken ct)
    {
        var instance = WorkloadNames.Instance(container.Service, container.Replica);
        var parameters = new ContainerLogsParameters { ShowStdout = true, ShowStderr = true, Follow = follow, Tail = tail?.ToString(System.Globalization.CultureInfo.InvariantCulture) };
        try
        {
            await using var reader = await ContainerLogReader.OpenAsync(engine.Containers, container.Id, tty: false, parameters, resumeFrom: default, ct);
            await foreach (var line in reader.ReadLinesAsync(ct)) await lines.WriteAsync(new(instance, line.Text), ct);
        }
        catch (DockerContainerNotFoundException)
        {
            // removed meanwhile: its log went with it
        }
    }
}
