using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace ProviderAgent.Workloads;

/// <summary>Finds, starts and signals the processes of one instance of nginx. They are no children of the daemon: they outlive it.</summary>
internal sealed partial class NginxProcesses(NginxPaths paths, TimeProvider time)
{
    private const int Hangup = 1;
    private const int Quit = 3;
    private const int MaxOutput = 2_048;

    // What the kernel puts behind the name of an open file that is gone.
    private const string Removed = " (deleted)";

    private const string MasterTitle = "nginx: master process";
    private const string WorkerTitle = "nginx: worker process";

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    public NginxPaths Paths => paths;

    /// <summary>Process id of the instance; null when it does not run.</summary>
    public int? FindMaster()
    {
        if (ReadPid() is { } noted && IsMaster(noted)) return noted;
        // The file is gone or wrong: whoever runs with our configuration is the one.
        foreach (var pid in Processes())
        {
            if (IsMaster(pid)) return pid;
        }

        return null;
    }

    /// <summary>Has the instance read its configuration again.</summary>
    public static void Reload(int master) => _ = Signal(master, Hangup);

    /// <summary>Has the instance finish what is open and end.</summary>
    public static void Leave(int master) => _ = Signal(master, Quit);

    /// <summary>Workers that outlived a master that was killed still have the ports: they give those up, finish what is open, and end.</summary>
    public void SendOrphansHome()
    {
        foreach (var pid in Processes().Where(IsOrphan)) _ = Signal(pid, Quit);
    }

    /// <summary>What nginx says against a configuration; null when nothing.</summary>
    public Task<string?> TestAsync(string program, string config, string prefix, CancellationToken ct) => RunAsync(program, ["-t", "-q", "-p", prefix, "-c", config, "-e", "stderr"], ct);

    /// <summary>Starts the instance, which goes into the background by itself.</summary>
    /// <returns>Why it did not start; null when it did.</returns>
    public Task<string?> StartAsync(string program, CancellationToken ct) => RunAsync(program, ["-p", paths.Folder, "-c", paths.Config, "-e", paths.ErrorLog], ct);

    private async Task<string?> RunAsync(string program, string[] arguments, CancellationToken ct)
    {
        using var deadline = new CancellationTokenSource(Deadline, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, deadline.Token);
        // The background process would keep pipes open for as long as it lives, so what it says goes to a file.
        var said = $"{paths.Folder}/said";
        using var process = new Process
        {
            StartInfo = new("/bin/sh", ["-c", "out=$1; shift; exec \"$@\" </dev/null >\"$out\" 2>&1", "sh", said, program, .. arguments]) { WorkingDirectory = "/" },
        };
        try
        {
            process.Start();
            await process.WaitForExitAsync(either.Token);
            if (process.ExitCode == 0) return null;
            if (process.ExitCode is 126 or 127) return $"{program} cannot be run: install the package nginx-light";
            return Words(said) is { Length: > 0 } words ? words : $"{program} ended with {process.ExitCode}";
        }
        catch (Win32Exception error)
        {
            return $"/bin/sh cannot be run: {error.Message}";
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested && !ct.IsCancellationRequested)
        {
            process.Kill();
            return $"{program} did not finish within {Deadline.TotalSeconds:0} s";
        }
    }

    private static string Words(string file)
    {
        try
        {
            using var reader = new StreamReader(file);
            var buffer = new char[MaxOutput];
            return new string(buffer, 0, reader.ReadBlock(buffer)).Trim();
        }
        catch (IOException)
        {
            return "";
        }
    }

    private int? ReadPid()
    {
        try
        {
            return int.TryParse(File.ReadAllText(paths.Pid).Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var pid) && pid > 1 ? pid : null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    // The title ends with the command line, and so with the name of our file.
    private bool IsMaster(int pid) => Title(pid) is { } title && title.StartsWith(MasterTitle, StringComparison.Ordinal) && title.Contains($"-c {paths.Config}", StringComparison.Ordinal);

    private bool IsOrphan(int pid)
    {
        if (Title(pid)?.StartsWith(WorkerTitle, StringComparison.Ordinal) != true) return false;
        try
        {
            // A worker's title does not say whose it is; the log that it inherited does.
            return Directory.EnumerateFiles(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/fd"))
                .Any(file => File.ResolveLinkTarget(file, returnFinalTarget: false)?.FullName is { } open && (open == paths.ErrorLog || open == paths.ErrorLog + Removed));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return false; // gone meanwhile, or somebody else's
        }
    }

    private static string? Title(int pid)
    {
        try
        {
            return File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/cmdline")).Replace('\0', ' ').TrimEnd();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static IEnumerable<int> Processes() => Directory.EnumerateDirectories("/proc")
        .Select(folder => int.TryParse(Path.GetFileName(folder.AsSpan()), NumberStyles.None, CultureInfo.InvariantCulture, out var pid) ? pid : 0)
        .Where(pid => pid > 1);

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Signal(int pid, int signal);
}
