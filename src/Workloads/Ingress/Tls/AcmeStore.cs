using System.Collections.Concurrent;
using System.Globalization;

namespace ProviderAgent.Workloads;

/// <summary>Certificates that an authority gave, where lego keeps them, and what failed.</summary>
internal sealed class AcmeStore(IngressFolder folder)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan LongestPause = TimeSpan.FromDays(1);

    private readonly ConcurrentDictionary<string, CertificateFile> _files = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, string> _failures = new(StringComparer.Ordinal);

    /// <summary>lego's folder: accounts and certificates.</summary>
    public string Folder => Path.Combine(folder.Folder, "acme");

    /// <summary>What could not be had, and why.</summary>
    public IEnumerable<string> Failures => _failures.OrderBy(failure => failure.Key, StringComparer.Ordinal).Select(failure => $"no certificate for {failure.Key}: {failure.Value}");

    /// <summary>The certificate of a host name, its own or the one for all generated names; null when there is none.</summary>
    public ServingCertificate? Find(string host, string domain, DateTimeOffset now)
    {
        if (Read(host, now) is { } own && own.Covers(host)) return own;
        return domain.Length > 0 && Read("*." + domain, now) is { } all && all.Covers(host) ? all : null;
    }

    /// <summary>The certificate that was given for exactly this subject.</summary>
    public ServingCertificate? Read(string subject, DateTimeOffset now)
    {
        // lego writes an underscore for the star.
        var name = Path.Combine(Folder, "certificates", subject.Replace('*', '_'));
        return File.Exists(name + ".crt") ? _files.GetOrAdd(subject, _ => new()).Current(name + ".crt", name + ".key", "acme", now) : null;
    }

    /// <summary>When a subject may be asked for; long ago when nothing failed. Kept on disk: a daemon that restarts often must not ask more often.</summary>
    public DateTimeOffset NextTry(string subject)
    {
        try
        {
            var words = File.ReadAllText(FailureFile(subject)).Split(' ');
            return words.Length == 2 && int.TryParse(words[0], NumberStyles.None, CultureInfo.InvariantCulture, out var times) && long.TryParse(words[1], NumberStyles.None, CultureInfo.InvariantCulture, out var at)
                ? DateTimeOffset.FromUnixTimeSeconds(Math.Min(at, 253_402_300_799 - 86_400)) + Pause(times)
                : DateTimeOffset.MinValue;
        }
        catch (IOException)
        {
            return DateTimeOffset.MinValue;
        }
    }

    public void Failed(string subject, string why, DateTimeOffset now)
    {
        _failures[subject] = why;
        var file = FailureFile(subject);
        var times = 0;
        try
        {
            _ = int.TryParse(File.ReadAllText(file).Split(' ')[0], NumberStyles.None, CultureInfo.InvariantCulture, out times);
        }
        catch (IOException)
        {
            // the first one
        }

        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, string.Create(CultureInfo.InvariantCulture, $"{Math.Min(times, 100) + 1} {now.ToUnixTimeSeconds()}"));
    }

    public void Succeeded(string subject)
    {
        _failures.TryRemove(subject, out _);
        // Where nothing has ever failed there is not even the folder, which a deletion would miss.
        if (FailureFile(subject) is var file && File.Exists(file)) File.Delete(file);
    }

    /// <summary>Nobody wants these any more: what failed about them is nobody's concern.</summary>
    public void KeepFailuresOf(IReadOnlySet<string> wanted)
    {
        foreach (var gone in _failures.Keys.Where(subject => !wanted.Contains(subject))) _failures.TryRemove(gone, out _);
    }

    /// <summary>5 min · 2^(n − 1), at most a day: authorities refuse those who ask too often for hours.</summary>
    internal static TimeSpan Pause(int failures) => failures switch
    {
        <= 0 => TimeSpan.Zero,
        > 9 => LongestPause,
        _ => FirstPause * (1 << (failures - 1)) is var pause && pause < LongestPause ? pause : LongestPause,
    };

    private string FailureFile(string subject) => Path.Combine(Folder, "failures", subject.Replace('*', '_'));
}
