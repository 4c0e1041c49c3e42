using Microsoft.Extensions.Options;
using ProviderAgent.Adapters;
using ProviderAgent.Config;
using ProviderAgent.Hosting;
using ProviderAgent.Marketplace;
using ProviderAgent.Operator.Metrics;

namespace ProviderAgent.Market;

/// <summary>Watches the provider's public entry and its certificate: says when they are not what they should be, and replaces the certificate ahead of its end.</summary>
internal sealed partial class MarketPresence(
    MarketActs acts, GatewayCertificate certificates, IMarketplace market, IOptionsMonitor<ProviderOptions> options, TimeProvider time, ILogger<MarketPresence> log) : BackgroundService, ISampleSource
{
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan PauseBeforeFirst = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan ConfigDebounce = TimeSpan.FromSeconds(30);

    private volatile string? _record;
    private volatile string? _certificate;
    private double _expiry;

    /// <summary>What a person should look at; empty when all is well, or before it was looked at.</summary>
    public IEnumerable<string> Problems => new[] { _record, _certificate }.OfType<string>();

    /// <inheritdoc/>
    public IEnumerable<SampleFamily> Collect()
    {
        if (Volatile.Read(ref _expiry) is > 0 and var ends) yield return new SampleFamily("provider_certificate_expiry_timestamp_seconds", "When the certificate that tenants are shown ends.", false, [new([], ends)]);
    }

    /// <summary>One look. What cannot be asked now keeps its last answer.</summary>
    internal async Task LookAsync(CancellationToken ct)
    {
        try
        {
            _record = await FindRecordProblemAsync(ct);
            _certificate = await KeepCertificateAsync(ct);
        }
        catch (MarketUnavailableException error)
        {
            Log.Away(log, error.Message);
        }
        catch (ExitException error)
        {
            // The market refused the new certificate; the old one is still shown.
            _certificate = $"the certificate could not be replaced: {error.Message}";
            Log.NotReplaced(log, error.Message);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var wake = new SemaphoreSlim(0, 1);
        using var changed = options.OnChange((_, _) =>
        {
            if (wake.CurrentCount == 0) wake.Release();
        });
        // GPUs are looked at first, and a start has better things to do.
        await Task.Delay(PauseBeforeFirst, time, stoppingToken);
        while (true)
        {
            await LookAsync(stoppingToken);
            using var limit = new CancellationTokenSource(Pause, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken, limit.Token);
            await wake.WaitAsync(either.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            stoppingToken.ThrowIfCancellationRequested();
            if (!limit.IsCancellationRequested) await Task.Delay(ConfigDebounce, time, stoppingToken);
        }
    }

    private async Task<string?> FindRecordProblemAsync(CancellationToken ct)
    {
        var plan = await acts.PlanAsync(ct);
        var problem = plan switch
        {
            { Changes.Count: 0 } => null,
            { IsNew: true } => "this provider has no entry on the market, so nobody can lease from it: run 'provider-agent register'",
            _ => $"the entry on the market differs from configuration and hardware ({string.Join(", ", plan.Changes.Take(3))}{(plan.Changes.Count > 3 ? $" and {plan.Changes.Count - 3} more" : "")}): run 'provider-agent attributes'",
        };
        if (problem is not null && problem != _record) Log.Problem(log, problem);
        return problem;
    }

    private async Task<string?> KeepCertificateAsync(CancellationToken ct)
    {
        var certificate = certificates.ReadOrCreate();
        Volatile.Write(ref _expiry, certificate.NotAfter.ToUnixTimeSeconds());
        var known = await market.FindCertificateAsync(market.Account, certificate.Serial, ct);
        var problem = known switch
        {
            null => "the gateway's certificate is not on the market, so no tenant trusts it: run 'provider-agent cert publish'",
            { IsValid: false } => "the gateway's certificate was revoked, so no tenant trusts it: run 'provider-agent cert rotate'",
            _ => null,
        };
        if (problem is not null && problem != _certificate) Log.Problem(log, problem);

        // By the market's clock: one of ours that is wrong must not cost a certificate.
        if (problem is not null || market.Health is not { IsReachable: true, TickTime: { } now } || certificate.NotAfter - now > options.CurrentValue.CertificateAhead) return problem;
        var done = await acts.RotateCertificateAsync(revokeOld: false, ct);
        var next = certificates.ReadOrCreate();
        Volatile.Write(ref _expiry, next.NotAfter.ToUnixTimeSeconds());
        Log.Replaced(log, certificate.Serial, certificate.NotAfter, next.Serial, done.Transaction ?? "");
        return null;
    }

    private static partial class Log
    {
        [LoggerMessage(9040, LogLevel.Warning, "Market entry: {Problem}", EventName = "MarketPresenceProblem")]
        public static partial void Problem(ILogger logger, string problem);

        [LoggerMessage(9041, LogLevel.Information, "Certificate {Old} ends {NotAfter:u} and was replaced by {New} (transaction {Transaction}); tenants see it from now on", EventName = "CertificateReplaced")]
        public static partial void Replaced(ILogger logger, string old, DateTimeOffset notAfter, string @new, string transaction);

        [LoggerMessage(9042, LogLevel.Error, "The certificate could not be replaced ahead of its end: {Cause}", EventName = "CertificateNotReplaced")]
        public static partial void NotReplaced(ILogger logger, string cause);

        [LoggerMessage(9043, LogLevel.Debug, "The market entry cannot be looked at now: {Cause}", EventName = "MarketPresenceAway")]
        public static partial void Away(ILogger logger, string cause);
    }
}
