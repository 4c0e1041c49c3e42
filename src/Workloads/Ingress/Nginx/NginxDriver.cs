using System.Text;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace ProviderAgent.Workloads;

/// <summary>Where the daemon keeps what belongs to the ingress.</summary>
/// <param name="Folder">Below the state folder; made when needed, for this user only.</param>
public sealed record IngressFolder(string Folder);

/// <summary>Keeps an nginx of our own at the configuration that follows from the routes.</summary>
/// <remarks>
/// Nothing is remembered: what nginx has in force is asked from nginx itself, and what is on the disk is read each time. So a restart of
/// the daemon, a killed nginx and damaged files all come out as a difference that is put right.
/// </remarks>
internal sealed partial class NginxDriver(IOptionsMonitor<IngressOptions> options, IngressFolder folder, IngressMetrics metrics, TimeProvider time, ILogger<NginxDriver> log) : IIngress
{
    private const UnixFileMode FolderMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupRead | UnixFileMode.GroupExecute;
    private const UnixFileMode FileMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead;
    private const int MaxWorkers = 4;
    private const long MostFiles = 65_536;
    private const long LongestLog = 1 << 20;

    /// <summary>Looks in a row that must find the new configuration: right after a reload the old processes still take connections.</summary>
    private const int LooksUntilSure = 3;

    /// <summary>Names that are used in turn.</summary>
    private const int ControlNames = 8;

    private static readonly TimeSpan ReloadPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan TakeOver = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);

    private long? _reloadedAt;
    private string? _refused;
    private string? _refusal;
    private string? _problem;
    private int _control;
    private bool _isBootNoted;

    /// <inheritdoc/>
    public Task<IngressReport> ApplyAsync(IngressTable table, CancellationToken ct) => TellAsync(() => EnsureAsync(table, ct));

    /// <inheritdoc/>
    public Task<IngressReport> ResumeAsync(CancellationToken ct) => TellAsync(() => StartLatestAsync(ct));

    private async Task<IngressReport> TellAsync(Func<Task<IngressReport>> act)
    {
        IngressReport report;
        try
        {
            report = await act();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException)
        {
            report = new(IsServing: false, $"the ingress's files cannot be written: {error.Message}");
        }

        if (report.Problem is { } problem && problem != _problem) Log.Trouble(log, problem);
        if (report.Problem is null && _problem is not null) Log.Well(log);
        _problem = report.Problem;
        return report;
    }

    /// <summary>Starts nginx with the configuration that lies there, unless it runs. A unit of its own is the service manager's to start.</summary>
    private async Task<IngressReport> StartLatestAsync(CancellationToken ct)
    {
        var (current, isUnit) = Place();
        var paths = new NginxPaths(current);
        var processes = new NginxProcesses(paths, time);
        // After a boot no container runs, and addresses from before may be those of other tenants when they do again.
        if (isUnit || !File.Exists(paths.Config) || !File.Exists(paths.Boot) || File.ReadAllText(paths.Boot) != BootId() || processes.FindMaster() is not null) return new(IsServing: false, null);
        if (await StartAsync(processes, ct) is { } failure) return new(IsServing: false, failure);
        Log.Resumed(log);
        return new(IsServing: false, null);
    }

    private async Task<IngressReport> EnsureAsync(IngressTable table, CancellationToken ct)
    {
        var (current, isUnit) = Place();
        var paths = new NginxPaths(current);
        var processes = new NginxProcesses(paths, time);
        PrepareFolder(paths);
        WriteCertificates(paths, table);
        // A running instance makes a socket that was lost again only under another name. Two starts at once lose it too: the second takes the
        // name away from the first, and then ends because the ports are taken.
        if (File.Exists(paths.Config) && (isUnit || processes.FindMaster() is not null) && await NginxControl.IsLostAsync(paths.Control(_control), time, ct)) _control = (_control + 1) % ControlNames;
        var settings = Settings(paths, table, isUnit);
        var (text, version) = NginxConfig.Write(settings, table);
        if (!IsOnDisk(paths, text))
        {
            if (await FindRefusalAsync(processes, settings, table, version, ct) is { } refusal)
            {
                // The good one from before stays, and goes on being looked after.
                if (processes.FindMaster() is null && !isUnit && File.Exists(paths.Config)) await StartAsync(processes, ct);
                return new(IsServing: false, refusal);
            }

            if (await NginxControl.ReadVersionAsync(settings.Control, time, ct) == version) Log.Repaired(log, paths.Config);
            await ReplaceAsync(paths.Config, text, ct);
        }

        ForgetOldCertificates(paths, table);
        await NoteBootAsync(paths, ct);
        if (!isUnit) ShortenLog(paths);
        // Workers that outlived their master serve on and take no change any more.
        var isLed = isUnit || processes.FindMaster() is not null;
        if (isLed && await NginxControl.ReadVersionAsync(settings.Control, time, ct) == version) return new(IsServing: true, null);
        return await TakeOverAsync(processes, settings, version, isUnit, ct);
    }

    /// <summary>Has the running instance take the new configuration, or starts one.</summary>
    private async Task<IngressReport> TakeOverAsync(NginxProcesses processes, NginxSettings settings, string version, bool isUnit, CancellationToken ct)
    {
        if (!isUnit && processes.FindMaster() is null)
        {
            if (await StartAsync(processes, ct) is { } failure) return new(IsServing: false, failure);
        }
        else
        {
            await PauseAsync(ct);
            _reloadedAt = time.GetTimestamp();
            metrics.Reloaded();
            // A unit of its own watches the file where the daemon has no right over the process.
            if (!isUnit && processes.FindMaster() is { } master) NginxProcesses.Reload(master);
        }

        if (await IsTakenAsync(settings.Control, version, ct)) return new(IsServing: true, null);
        return new(IsServing: false, isUnit
            ? $"nginx did not take the new routes within {TakeOver.TotalSeconds:0} s: look at 'systemctl status provider-agent-ingress.service provider-agent-ingress.path'"
            : $"nginx did not take the new routes within {TakeOver.TotalSeconds:0} s: look at {settings.Paths.ErrorLog}");
    }

    private async Task<string?> StartAsync(NginxProcesses processes, CancellationToken ct)
    {
        processes.SendOrphansHome();
        // A master that was killed leaves its socket behind, and the next one cannot have the name then.
        foreach (var left in Directory.EnumerateFiles(processes.Paths.Folder, "control-*.sock")) File.Delete(left);
        if (await processes.StartAsync(options.CurrentValue.Nginx.Program, ct) is { } failure) return $"nginx does not start: {failure}";
        metrics.Started();
        Log.Started(log, processes.FindMaster() ?? 0);
        return null;
    }

    /// <summary>At most one reload a second: each keeps old processes until their connections end.</summary>
    private async Task PauseAsync(CancellationToken ct)
    {
        if (_reloadedAt is { } at && time.GetElapsedTime(at) is var since && since < ReloadPause) await Task.Delay(ReloadPause - since, time, ct);
    }

    private async Task<bool> IsTakenAsync(string control, string version, CancellationToken ct)
    {
        var began = time.GetTimestamp();
        var seen = 0;
        while (seen < LooksUntilSure && time.GetElapsedTime(began) < TakeOver)
        {
            seen = await NginxControl.ReadVersionAsync(control, time, ct) == version ? seen + 1 : 0;
            if (seen < LooksUntilSure) await Task.Delay(Look, time, ct);
        }

        return seen == LooksUntilSure;
    }

    /// <summary>Tries the configuration on sockets of its own, so that neither ports nor the running instance are touched.</summary>
    private async Task<string?> FindRefusalAsync(NginxProcesses processes, NginxSettings settings, IngressTable table, string version, CancellationToken ct)
    {
        if (_refused == version) return _refusal;
        var trial = new NginxPaths($"{settings.Paths.Folder}/trial");
        PrepareFolder(trial);
        WriteCertificates(trial, table);
        var (text, _) = NginxConfig.Write(
            settings with { Paths = trial, Http = $"unix:{trial.Folder}/http.sock", Https = $"unix:{trial.Folder}/https.sock", ErrorLog = "stderr", Control = trial.Control(0) }, table);
        await ReplaceAsync(trial.Config, text, ct);
        var said = await processes.TestAsync(options.CurrentValue.Nginx.Program, trial.Config, trial.Folder, ct);
        ForgetOldCertificates(trial, new([], new Dictionary<string, ServingCertificate>()));
        if (said is null) return null;
        metrics.Refused();
        _refusal = $"nginx refuses the new routes, so those from before stay: {said}";
        // What cannot be run now may be there later; what nginx read and refused stays refused.
        _refused = said.Contains("cannot be run", StringComparison.Ordinal) ? null : version;
        return _refusal;
    }

    private (string Folder, bool IsUnit) Place()
    {
        var unit = options.CurrentValue.Nginx.UnitDirectory;
        return Directory.Exists(unit) ? (unit, true) : (OwnFolder(folder), false);
    }

    /// <summary>Where the daemon's own instance lives.</summary>
    internal static string OwnFolder(IngressFolder folder) => $"{folder.Folder}/nginx";

    private NginxSettings Settings(NginxPaths paths, IngressTable table, bool isUnit)
    {
        var now = options.CurrentValue;
        return new(
            paths,
            now.Http,
            now.Https,
            isUnit ? "stderr" : NginxText.Path(paths.ErrorLog),
            paths.Control(_control),
            Math.Clamp(Environment.ProcessorCount, 1, MaxWorkers),
            Math.Min(MostFiles, HostLimits.OpenFiles),
            now.StreamGrace,
            now.HeaderTimeout,
            now.BodyTimeout,
            now.ConnectionsPerAddress,
            now.ConnectionsPerRoute,
            now.RedirectToHttps && table.Certificates.Count > 0,
            now.Tls.Acme.Email.Length > 0 ? now.Tls.Acme.ChallengePort : null);
    }

    private static void PrepareFolder(NginxPaths paths)
    {
        if (!NginxText.IsSafePath(paths.Folder)) throw new ArgumentException($"nginx cannot use the folder '{paths.Folder}': choose a state.directory of letters, digits and / . _ - +");
        foreach (var folder in new[] { paths.Folder, paths.Certificates })
        {
            if (Directory.Exists(folder)) continue;
            Directory.CreateDirectory(folder, FolderMode);
            File.SetUnixFileMode(folder, FolderMode);
        }
    }

    private static void WriteCertificates(NginxPaths paths, IngressTable table)
    {
        foreach (var certificate in table.Certificates.Values.DistinctBy(certificate => certificate.Fingerprint))
        {
            // The name follows from the content; one that was cut short or changed is written again.
            WriteIfOther(paths.KeyFile(certificate), certificate.Key);
            WriteIfOther(paths.CertificateFile(certificate), certificate.Chain);
        }
    }

    private static void ForgetOldCertificates(NginxPaths paths, IngressTable table)
    {
        var used = table.Certificates.Values.Select(certificate => certificate.Fingerprint).ToHashSet(StringComparer.Ordinal);
        foreach (var file in Directory.EnumerateFiles(paths.Certificates).Where(file => !used.Contains(Path.GetFileNameWithoutExtension(file)))) File.Delete(file);
    }

    private static void WriteIfOther(string file, string text)
    {
        if (File.Exists(file) && new FileInfo(file).Length == Encoding.UTF8.GetByteCount(text) && File.ReadAllText(file) == text) return;
        WriteNew(file + ".new", text);
        File.Move(file + ".new", file, overwrite: true);
    }

    private static bool IsOnDisk(NginxPaths paths, string text) => File.Exists(paths.Config) && new FileInfo(paths.Config).Length == Encoding.UTF8.GetByteCount(text) && File.ReadAllText(paths.Config) == text;

    private static Task ReplaceAsync(string file, string text, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        WriteNew(file + ".new", text);
        File.Move(file + ".new", file, overwrite: true);
        return Task.CompletedTask;
    }

    private static void WriteNew(string file, string text)
    {
        File.Delete(file);
        using var stream = new FileStream(file, new FileStreamOptions { Mode = System.IO.FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = FileMode });
        File.SetUnixFileMode(stream.SafeFileHandle, FileMode); // the unit's user reads it by its group, whatever this process's mask is
        stream.Write(Encoding.UTF8.GetBytes(text));
        stream.Flush(flushToDisk: true);
    }

    private async Task NoteBootAsync(NginxPaths paths, CancellationToken ct)
    {
        if (_isBootNoted && File.Exists(paths.Boot)) return;
        await ReplaceAsync(paths.Boot, BootId(), ct);
        _isBootNoted = true;
    }

    private static string BootId() => File.ReadAllText("/proc/sys/kernel/random/boot_id");

    // Nobody rotates it: it holds only what keeps nginx from working, and starts anew when that has filled it.
    private static void ShortenLog(NginxPaths paths)
    {
        var file = new FileInfo(paths.ErrorLog);
        if (!file.Exists || file.Length <= LongestLog) return;
        using var stream = new FileStream(paths.ErrorLog, System.IO.FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
        stream.SetLength(0);
    }

    private static partial class Log
    {
        [LoggerMessage(4301, LogLevel.Information, "nginx serves tenants' host names (process {Pid})", EventName = "IngressStarted")]
        public static partial void Started(ILogger logger, int pid);

        [LoggerMessage(4302, LogLevel.Error, "The ingress does not serve the latest routes: {Problem}", EventName = "IngressTrouble")]
        public static partial void Trouble(ILogger logger, string problem);

        [LoggerMessage(4303, LogLevel.Information, "The ingress serves all routes again", EventName = "IngressWell")]
        public static partial void Well(ILogger logger);

        [LoggerMessage(4304, LogLevel.Warning, "{File} was changed or lost, and is put back", EventName = "IngressRepaired")]
        public static partial void Repaired(ILogger logger, string file);

        [LoggerMessage(4306, LogLevel.Warning, "nginx did not run: the routes from before are served again, and corrected once the container engine answers", EventName = "IngressResumed")]
        public static partial void Resumed(ILogger logger);
    }
}
