using System.ComponentModel;

namespace ProviderAgent.Workloads;

/// <summary>The router could not be asked, or its answer is none.</summary>
internal sealed class RouterException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>It did not answer at all, so that there is no use in asking more.</summary>
    public bool IsSilent { get; init; }
}

/// <summary>Runs the distribution's programs that speak with routers. What they print comes from whoever answers in the local network.</summary>
internal sealed class RouterCommand(TimeProvider time)
{
    // A thousand mappings with long descriptions fit.
    private const int MaxOutput = 256 * 1024;

    // Looking for a router takes upnpc 8 s when there is none; what a router itself does takes milliseconds.
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(12);

    /// <summary>File of the network namespace that they run in; null for this process's own.</summary>
    internal string? Namespace { get; init; }

    /// <summary>Runs one of them.</summary>
    /// <exception cref="RouterException">It is missing, or took longer than 12 s.</exception>
    public async Task<ProgramResult> RunAsync(string program, string package, string[] arguments, CancellationToken ct)
    {
        if (DiskCommand.Find(program) is not { } path) throw new RouterException($"the program {program} is missing: install the package {package}");
        // They read whatever devices send them: with more memory than this they are ended.
        string[] limited = ["-c", "ulimit -v 262144; exec \"$@\"", "sh", path, .. arguments];
        try
        {
            return await ChildProgram.RunAsync(
                Namespace is null ? new("/bin/sh", limited) : new("nsenter", ["--net=" + Namespace, "--", "/bin/sh", .. limited]), "", MaxOutput, Deadline, time, ct);
        }
        catch (Win32Exception error)
        {
            throw new RouterException($"{program} cannot be run: {error.Message}", error);
        }
        catch (TimeoutException error)
        {
            throw new RouterException($"the router did not answer {program} within {Deadline.TotalSeconds:0} s", error) { IsSilent = true };
        }
    }
}
