using System.Diagnostics;

namespace ProviderAgent.Inventory;

/// <summary>How the probe's program is started: its file and what comes before our own arguments.</summary>
/// <param name="FileName">The executable.</param>
/// <param name="Prefix">Arguments that come first, for example the verb.</param>
public sealed record ProbeCommand(string FileName, IReadOnlyList<string> Prefix)
{
    /// <summary>What the command line calls it.</summary>
    public static IReadOnlyList<string> Verb { get; } = ["gpu-probe", "--until-input-ends"];
}

/// <summary>Starts processes that may touch the GPU driver.</summary>
internal interface IProbeLauncher
{
    /// <param name="arguments">What the process is to do.</param>
    /// <param name="environment">Variables beside our own.</param>
    /// <exception cref="GpuProbeException">It cannot be started.</exception>
    IProbeProcess Start(IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string>? environment = null);
}

/// <summary>A running one.</summary>
internal interface IProbeProcess : IDisposable
{
    int Id { get; }

    /// <summary>Its lines.</summary>
    Stream Output { get; }

    /// <summary>False also while it is told to end but hangs in the kernel.</summary>
    bool HasExited { get; }

    /// <summary>Ends it by force. Returns at once; a process that hangs in the kernel does not end.</summary>
    void Kill();

    /// <summary>Waits until it has ended.</summary>
    /// <returns>False when it has not within the time.</returns>
    Task<bool> EndsAsync(TimeSpan limit, TimeProvider time);
}

/// <summary>The probe cannot be run.</summary>
public sealed class GpuProbeException(string message, Exception? inner = null) : Exception(message, inner);

internal sealed class ProbeLauncher(ProbeCommand command) : IProbeLauncher
{
    public IProbeProcess Start(IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo(command.FileName, [.. command.Prefix, .. arguments])
        {
            RedirectStandardInput = true, // closed when we die, which ends it
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        // What the service manager told us is not for it: it must not speak in our name.
        foreach (var name in (string[])["NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID", "CREDENTIALS_DIRECTORY"]) start.Environment.Remove(name);
        foreach (var (name, value) in environment ?? new Dictionary<string, string>()) start.Environment[name] = value;
        try
        {
            return new Running(Process.Start(start) ?? throw new GpuProbeException($"{command.FileName} did not start"));
        }
        catch (System.ComponentModel.Win32Exception error)
        {
            throw new GpuProbeException($"{command.FileName} cannot be started: {error.Message}", error);
        }
    }

    private sealed class Running(Process process) : IProbeProcess
    {
        public int Id => process.Id;

        public Stream Output => process.StandardOutput.BaseStream;

        public bool HasExited => process.HasExited;

        public void Kill()
        {
            try
            {
                process.Kill();
            }
            catch (InvalidOperationException)
            {
                // ended by itself meanwhile
            }
        }

        public async Task<bool> EndsAsync(TimeSpan limit, TimeProvider time)
        {
            using var deadline = new CancellationTokenSource(limit, time);
            try
            {
                await process.WaitForExitAsync(deadline.Token);
                return true;
            }
            catch (OperationCanceledException)
            {
                return false;
            }
        }

        public void Dispose() => process.Dispose();
    }
}
