using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Workloads;

/// <summary>Finds the certificate for each host name: from the operator's files, from the authority, or self-made.</summary>
internal sealed partial class CertificateShelf(AcmeStore acme, SelfMadeAuthority authority, IOptionsMonitor<IngressOptions> options, TimeProvider time, ILogger<CertificateShelf> log)
{
    private static readonly TimeSpan SoonOver = TimeSpan.FromDays(14);

    private readonly CertificateFile _files = new();
    private ValueList<string> _problems;

    /// <summary>Raised when there may be a new certificate.</summary>
    public event Action? Changed;

    /// <summary>What is wrong with certificates, with the fix.</summary>
    public ValueList<string> Problems => _problems;

    /// <summary>Says that a certificate came.</summary>
    public void Renewed() => Changed?.Invoke();

    /// <summary>The operator's own certificate; null when there is none that can be served.</summary>
    public ServingCertificate? FromFiles()
    {
        var tls = options.CurrentValue.Tls;
        return tls.Certificate.Length > 0 && tls.Key.Length > 0 ? _files.Current(tls.Certificate, tls.Key, "files", time.GetUtcNow()) : null;
    }

    /// <summary>A certificate for each of these host names for which there is one.</summary>
    public IReadOnlyDictionary<string, ServingCertificate> Choose(IEnumerable<string> hosts, string domain)
    {
        var now = time.GetUtcNow();
        var tls = options.CurrentValue.Tls;
        var chosen = new Dictionary<string, ServingCertificate>(StringComparer.Ordinal);
        var files = FromFiles();
        foreach (var host in hosts)
        {
            if (Find(host, domain, files, tls, now) is { } certificate) chosen[host] = certificate;
        }

        Tell(tls, files, now);
        return chosen;
    }

    private ServingCertificate? Find(string host, string domain, ServingCertificate? files, IngressTlsOptions tls, DateTimeOffset now)
    {
        if (files?.Covers(host) == true) return files;
        if (tls.Acme.Email.Length > 0 && acme.Find(host, domain, now) is { } issued) return issued;
        return tls.SelfMade ? authority.For(host, domain, now) : null;
    }

    private void Tell(IngressTlsOptions tls, ServingCertificate? files, DateTimeOffset now)
    {
        var problems = new List<string>();
        if (tls.Certificate.Length > 0 && _files.Problem is { } problem) problems.Add($"certificate {problem}");
        if (files is not null && files.NotAfter - now < SoonOver) problems.Add($"certificate {tls.Certificate} ends on {files.NotAfter:u}; put a new one in its place");
        if (tls.SelfMade && authority.Problem is { } made) problems.Add(made);
        if (tls.Acme.Email.Length > 0) problems.AddRange(acme.Failures);
        var list = problems.ToValueList();
        foreach (var news in list.Except(_problems)) Log.Problem(log, news);
        _problems = list;
    }

    private static partial class Log
    {
        [LoggerMessage(4330, LogLevel.Warning, "{Problem}", EventName = "CertificateProblem")]
        public static partial void Problem(ILogger logger, string problem);
    }
}
