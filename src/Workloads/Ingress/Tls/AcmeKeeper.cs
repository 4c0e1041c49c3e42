using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace ProviderAgent.Workloads;

/// <summary>Gets certificates for routed host names from an authority, one at a time, and renews them well before they end.</summary>
internal sealed partial class AcmeKeeper(
    IngressKeeper keeper,
    CertificateShelf shelf,
    AcmeStore store,
    LegoCommand lego,
    IPublicHostName host,
    IngressMetrics metrics,
    IOptionsMonitor<IngressOptions> options,
    TimeProvider time,
    ILogger<AcmeKeeper> log) : BackgroundService
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private static readonly TimeSpan Turn = TimeSpan.FromSeconds(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Turn, time);
        do await TurnAsync(stoppingToken);
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    /// <summary>Asks for everything that is due.</summary>
    internal async Task TurnAsync(CancellationToken ct)
    {
        var acme = options.CurrentValue.Tls.Acme;
        if (acme.Email.Length == 0) return;
        var subjects = Subjects(acme);
        store.KeepFailuresOf(subjects);
        foreach (var subject in subjects.Order(StringComparer.Ordinal))
        {
            try
            {
                if (IsDue(subject, acme)) await ObtainAsync(subject, acme, ct);
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                Log.Failed(log, subject, error.Message);
                return; // the disk: the next turn looks again
            }
        }
    }

    /// <summary>What certificates are wanted for: host names that lead here already, for the authority asks by way of them.</summary>
    private HashSet<string> Subjects(AcmeOptions acme)
    {
        var subjects = new HashSet<string>(StringComparer.Ordinal);
        var files = shelf.FromFiles();
        foreach (var state in keeper.Snapshot.Hosts.Where(state => state.Stage == HostStage.Routed && files?.Covers(state.Host) != true))
            subjects.Add(state.IsGenerated && acme.Dns.Length > 0 ? "*." + host.IngressDomain : state.Host);
        return subjects;
    }

    private bool IsDue(string subject, AcmeOptions acme)
    {
        var now = time.GetUtcNow();
        return (store.Read(subject, now) is not { } known || known.NotAfter - now < RenewAhead(known, acme)) && store.NextTry(subject) <= now;
    }

    // Short-lived ones would otherwise be renewed all the time.
    private static TimeSpan RenewAhead(ServingCertificate certificate, AcmeOptions acme)
    {
        using var parsed = System.Security.Cryptography.X509Certificates.X509Certificate2.CreateFromPem(certificate.Chain);
        var third = (parsed.NotAfter - parsed.NotBefore) / 3;
        return third < acme.RenewAhead ? third : acme.RenewAhead;
    }

    private async Task ObtainAsync(string subject, AcmeOptions acme, CancellationToken ct)
    {
        if (!Directory.Exists(store.Folder)) Directory.CreateDirectory(store.Folder, Private);
        var failure = await lego.ObtainAsync(acme, options.CurrentValue.Resolvers, store.Folder, subject, ct);
        failure ??= store.Read(subject, time.GetUtcNow()) is null ? "lego left no certificate that can be served" : null;
        metrics.Issued(failure is null);
        if (failure is null)
        {
            store.Succeeded(subject);
            Log.Issued(log, subject, store.Read(subject, time.GetUtcNow())?.NotAfter ?? default);
            shelf.Renewed();
            return;
        }

        store.Failed(subject, failure, time.GetUtcNow());
        Log.Failed(log, subject, failure);
    }

    private static partial class Log
    {
        [LoggerMessage(4340, LogLevel.Information, "{Subject} has a certificate until {Until:u}", EventName = "CertificateIssued")]
        public static partial void Issued(ILogger logger, string subject, DateTimeOffset until);

        [LoggerMessage(4341, LogLevel.Warning, "No certificate for {Subject}: {Reason}; tried again later, with growing pauses", EventName = "CertificateFailed")]
        public static partial void Failed(ILogger logger, string subject, string reason);
    }
}
