using System.Collections.Concurrent;
using System.Text;
using ProviderAgent.Docker;

namespace ProviderAgent.Workloads;

/// <summary>What a look from inside a container has shown.</summary>
internal enum GpuVerdict
{
    /// <summary>Exactly the leased devices are there.</summary>
    Proven,

    /// <summary>Fewer, more or others.</summary>
    Wrong,

    /// <summary>They were there, but the kernel does not let the container at them any more.</summary>
    CutOff,

    /// <summary>Nothing can be said, for example because the image cannot run the vendor's program.</summary>
    Unknown,
}

/// <param name="Verdict">What was found.</param>
/// <param name="Detail">For people.</param>
internal sealed record GpuFinding(GpuVerdict Verdict, string Detail);

/// <summary>Looks at the GPUs from inside a container, with the program that the toolkit puts there.</summary>
internal sealed class GpuProof(IDockerClient engine, TimeProvider time)
{
    /// <summary>Where the toolkit mounts it. Absolute: a tenant's PATH must not choose what is believed.</summary>
    public const string Program = "/usr/bin/nvidia-smi";

    // The driver's words once the device cgroup was rebuilt under a running container, as a reload of the service manager does.
    private const string CutOffText = "NVML: Unknown Error";
    private const string UuidMark = "(UUID: ";
    private const int MaxOutput = 64 * 1024;
    private const int NotExecutable = 126;

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    private readonly ConcurrentDictionary<string, bool> _unproven = new(StringComparer.Ordinal);

    /// <summary>A container with GPUs is about to start: it does not count as ready before it was looked into.</summary>
    public void Expect(string container) => _unproven[container] = true;

    /// <summary>It was looked into and may go on, or it is gone.</summary>
    public void Settle(string container) => _unproven.TryRemove(container, out _);

    /// <summary>Whether a container runs that nobody has looked into yet, or that was found wrong.</summary>
    public bool IsUnproven(string container) => _unproven.ContainsKey(container);

    /// <summary>Compares what is visible with what was leased.</summary>
    /// <param name="container">The container.</param>
    /// <param name="leased">The UUIDs that it must see.</param>
    /// <param name="ct">Ends the look.</param>
    /// <returns>The finding, and the session where it is not known to have ended: a driver that hangs keeps it.</returns>
    /// <exception cref="EngineUnavailableException">The engine went away.</exception>
    public async Task<(GpuFinding Finding, string? Unfinished)> LookAsync(string container, IReadOnlyCollection<string> leased, CancellationToken ct)
    {
        string? session = null;
        using var deadline = new CancellationTokenSource(Deadline, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, deadline.Token);
        try
        {
            session = (await engine.Exec.ExecCreateContainerAsync(container, new() { Cmd = [Program, "-L"], AttachStdout = true, AttachStderr = true }, either.Token)).ID;
            await using var stream = await engine.Exec.StartAndAttachContainerExecAsync(session, tty: false, either.Token);
            var output = await ReadAsync(stream, either.Token);
            var ended = await engine.Exec.InspectContainerExecAsync(session, either.Token);
            return (Judge(output, ended.ExitCode, leased), ended.Running ? session : null);
        }
        catch (DockerApiException error)
        {
            return (new(GpuVerdict.Unknown, $"the container cannot be looked into: {error.ResponseBody}"), null); // it ended meanwhile
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested && !ct.IsCancellationRequested)
        {
            return (new(GpuVerdict.Unknown, $"{Program} did not answer within {Deadline.TotalSeconds:0} s"), session);
        }
    }

    /// <summary>Whether a session that did not end in time still runs. A second one beside it would only pile up.</summary>
    public async Task<bool> IsRunningAsync(string session, CancellationToken ct)
    {
        try
        {
            return (await engine.Exec.InspectContainerExecAsync(session, ct)).Running;
        }
        catch (DockerApiException)
        {
            return false; // gone with its container
        }
    }

    /// <summary>Reads the program's words.</summary>
    internal static GpuFinding Judge(string output, long? exitCode, IReadOnlyCollection<string> leased)
    {
        if (output.Contains(CutOffText, StringComparison.Ordinal)) return new(GpuVerdict.CutOff, "Failed to initialize NVML: Unknown Error");
        if (exitCode >= NotExecutable) return new(GpuVerdict.Unknown, $"{Program} does not run in this image");
        if (exitCode != 0) return new(GpuVerdict.Unknown, $"{Program} ended with exit code {exitCode}: {FirstLine(output)}");

        var seen = output.Split('\n').Where(line => line.StartsWith("GPU ", StringComparison.Ordinal)).Select(Uuid).ToArray();
        if (seen.Length == leased.Count && seen.ToHashSet(StringComparer.Ordinal).SetEquals(leased)) return new(GpuVerdict.Proven, "");
        return new(GpuVerdict.Wrong, $"it sees {(seen.Length == 0 ? "no GPU" : string.Join(", ", seen.Take(16)))} instead of {string.Join(", ", leased)}");
    }

    private static string Uuid(string line)
    {
        var at = line.IndexOf(UuidMark, StringComparison.Ordinal);
        if (at < 0) return "a GPU without UUID";
        var rest = line.AsSpan(at + UuidMark.Length);
        var end = rest.IndexOf(')');
        return end is > 0 and <= 96 ? rest[..end].ToString() : "a GPU without UUID";
    }

    private static string FirstLine(string output)
    {
        var line = output.AsSpan().Trim();
        var end = line.IndexOf('\n');
        if (end >= 0) line = line[..end];
        return new([.. line[..Math.Min(line.Length, 200)].ToArray().Select(letter => char.IsControl(letter) ? '?' : letter)]);
    }

    /// <summary>At most <see cref="MaxOutput"/>: the program may be the tenant's.</summary>
    private static async Task<string> ReadAsync(MultiplexedStream stream, CancellationToken ct)
    {
        var buffer = new byte[MaxOutput];
        var length = 0;
        while (length < buffer.Length)
        {
            var read = await stream.ReadOutputAsync(buffer.AsMemory(length), ct);
            if (read.EOF) break;
            length += read.Count;
        }

        return Encoding.UTF8.GetString(buffer, 0, length);
    }
}
