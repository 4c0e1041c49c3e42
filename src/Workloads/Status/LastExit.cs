using System.Globalization;

namespace ProviderAgent.Workloads;

/// <summary>How the latest run of a replica ended.</summary>
/// <param name="At">When, by the engine; null when it does not say.</param>
/// <param name="ExitCode">As the engine reports it: 128 and more for a signal.</param>
/// <param name="OutOfMemory">A process in it was ended for lack of memory.</param>
/// <param name="Error">The engine's words when it could not even start; empty otherwise.</param>
public sealed record LastExit(DateTimeOffset? At, int ExitCode, bool OutOfMemory, string Error)
{
    private const int SignalBase = 128;

    /// <summary>In one word, for scripts: <c>completed</c>, <c>error</c>, <c>oom_killed</c>, <c>cannot_run</c>, <c>not_found</c> or <c>signal</c>.</summary>
    public string Reason => this switch
    {
        { OutOfMemory: true } => "oom_killed",
        { ExitCode: 0 } => "completed",
        { ExitCode: 126 } => "cannot_run",
        { ExitCode: 127 } => "not_found",
        { ExitCode: > SignalBase and < SignalBase + 65 } => "signal",
        _ => "error",
    };

    /// <summary>For people, to follow the name of a replica.</summary>
    public string Text => this switch
    {
        { OutOfMemory: true } => "ran out of memory",
        { ExitCode: 127 } => "ended with exit code 127 (its command was not found in the image)",
        { ExitCode: > SignalBase and < SignalBase + 65 } => string.Create(CultureInfo.InvariantCulture, $"ended with exit code {ExitCode} (signal {ExitCode - SignalBase})"),
        _ => string.Create(CultureInfo.InvariantCulture, $"ended with exit code {ExitCode}"),
    };
}
