using Microsoft.Extensions.Options;
using ProviderAgent.Adapters;
using ProviderAgent.Config;
using ProviderAgent.Hosting;
using ProviderAgent.Inventory;
using ProviderAgent.Marketplace;
using ProviderAgent.Operator.Views;

namespace ProviderAgent.Market;

/// <summary>Attributes of the GPUs that are there; null when they are not known now.</summary>
internal delegate IReadOnlyCollection<MarketAttribute>? DetectedAttributes();

/// <summary>What a provider does on the market apart from trading: its public entry and its certificate. The same for a command of its own and inside the daemon.</summary>
/// <remarks>One at a time. Whatever ends half way is found as it is by the next call, which goes on from there.</remarks>
internal sealed class MarketActs(IMarketplace market, GatewayCertificate certificates, DetectedAttributes detected, IOptionsMonitor<ProviderOptions> provider, IOptionsMonitor<InventoryOptions> inventory) : IDisposable
{
    private readonly SemaphoreSlim _gate = new(1);

    public void Dispose() => _gate.Dispose();

    /// <summary>How the public entry differs from configuration and hardware.</summary>
    /// <exception cref="MarketUnavailableException">The market cannot be asked.</exception>
    public async Task<ProviderRecordPlan> PlanAsync(CancellationToken ct)
    {
        var present = await market.FindProviderAsync(market.Account, ct);
        return ProviderRecordPlan.Make(provider.CurrentValue, inventory.CurrentValue.StorageClasses, market.Account, detected(), present, present is null ? [] : await market.ListAuditsAsync(market.Account, ct));
    }

    /// <summary>Makes the public entry equal to configuration and hardware. Sends nothing when it is.</summary>
    /// <param name="mayCreate">Make an entry when there is none.</param>
    /// <param name="isTrial">Only tell what would change.</param>
    /// <param name="isForced">Do it though it voids an audit.</param>
    /// <param name="ct">Stops waiting.</param>
    /// <exception cref="MarketUnavailableException">The market cannot be asked.</exception>
    /// <exception cref="ExitException">It was refused, by the market or as unsafe.</exception>
    public Task<ActView> PublishRecordAsync(bool mayCreate, bool isTrial, bool isForced, CancellationToken ct) => AloneAsync(async () =>
    {
        var plan = await PlanAsync(ct);
        if (plan.Changes.Count == 0) return new ActView(1, "unchanged", null, null, [], []);
        if (isTrial) return new ActView(1, "shown", null, null, plan.Changes, plan.Voided);
        if (plan.IsNew && !mayCreate) throw new ExitException(ExitCode.Refused, "this provider has no entry on the market yet: run 'provider-agent register' first");
        if (plan.Voided.Count > 0 && !isForced)
        {
            throw new ExitException(ExitCode.Refused, $"nothing was changed, because it would void an audit: {string.Join("; ", plan.Voided)}. Add --force to do it all the same");
        }

        return Report(await market.SubmitAsync(plan.IsNew ? new MarketAction.CreateProvider(plan.Wanted) : new MarketAction.UpdateProvider(plan.Wanted), ct), plan.Changes, plan.Voided);
    }, ct);

    /// <summary>Puts the gateway's certificate on the market, made now when there is none.</summary>
    /// <inheritdoc cref="PublishRecordAsync"/>
    public Task<ActView> PublishCertificateAsync(CancellationToken ct) => AloneAsync(async () =>
    {
        var certificate = certificates.ReadOrCreate();
        if (await market.FindCertificateAsync(market.Account, certificate.Serial, ct) is not { } known)
        {
            return Report(await market.SubmitAsync(certificate.Publish, ct), [$"+ certificate {certificate.Serial}, valid until {certificate.NotAfter:u}"], []);
        }

        return known.IsValid
            ? new ActView(1, "unchanged", null, null, [], [])
            : throw new ExitException(ExitCode.Refused, $"certificate {certificate.Serial} was revoked and cannot be used again: run 'provider-agent cert rotate'");
    }, ct);

    /// <summary>Replaces the gateway's certificate: a new one is made and published, then shown to tenants, then the old one is revoked.</summary>
    /// <param name="revokeOld">Whether the old one is revoked; otherwise it ends with its validity.</param>
    /// <param name="ct">Stops waiting.</param>
    /// <inheritdoc cref="PublishRecordAsync"/>
    public Task<ActView> RotateCertificateAsync(bool revokeOld, CancellationToken ct) => AloneAsync(async () =>
    {
        var old = certificates.ReadOrCreate();
        var next = certificates.ReadOrCreateNext();
        var changes = new List<string> { $"+ certificate {next.Serial}, valid until {next.NotAfter:u}" };
        ActView? published = null;
        if (await market.FindCertificateAsync(market.Account, next.Serial, ct) is null) published = Report(await market.SubmitAsync(next.Publish, ct), changes, []);

        // Only one that the market knows is shown: a tenant would trust no other.
        certificates.TakeNext();
        var warnings = new List<string>();
        if (revokeOld && await market.FindCertificateAsync(market.Account, old.Serial, ct) is { IsValid: true })
        {
            if (await market.SubmitAsync(new MarketAction.RevokeCertificate(old.Serial), ct) is ActionOutcome.Refused refused) warnings.Add($"the old certificate {old.Serial} could not be revoked ({refused.Reason}): run 'provider-agent cert revoke {old.Serial}'");
            else changes.Add($"- certificate {old.Serial}");
        }

        return new(1, "done", published?.Transaction, published?.Fee, changes, warnings);
    }, ct);

    /// <summary>Takes a certificate out of use for good.</summary>
    /// <param name="serial">Its serial number; null for the one that the gateway shows.</param>
    /// <param name="isForced">Also the one that the gateway shows.</param>
    /// <param name="ct">Stops waiting.</param>
    /// <inheritdoc cref="PublishRecordAsync"/>
    public Task<ActView> RevokeCertificateAsync(string? serial, bool isForced, CancellationToken ct) => AloneAsync(async () =>
    {
        var current = certificates.ReadOrCreate().Serial;
        var revoked = serial ?? current;
        if (revoked.Length is 0 or > 80 || revoked.Any(c => !char.IsAsciiDigit(c))) throw new ExitException(ExitCode.Usage, $"'{revoked}' is no serial number: decimal digits");
        if (await market.FindCertificateAsync(market.Account, revoked, ct) is not { } known) throw new ExitException(ExitCode.Failed, $"this account has no certificate {revoked} on the market");
        if (!known.IsValid) return new ActView(1, "unchanged", null, null, [], []);
        if (revoked == current && !isForced)
        {
            throw new ExitException(ExitCode.Refused, $"certificate {revoked} is the one that the gateway shows: without it no tenant can reach a lease. Run 'provider-agent cert rotate' instead, or add --force");
        }

        return Report(await market.SubmitAsync(new MarketAction.RevokeCertificate(revoked), ct), [$"- certificate {revoked}"], []);
    }, ct);

    private static ActView Report(ActionOutcome outcome, IReadOnlyList<string> changes, IReadOnlyList<string> warnings) => outcome switch
    {
        ActionOutcome.Done done => new(1, "done", done.Transaction, done.Fee.ToString(), changes, warnings),
        ActionOutcome.Refused { Reason: MarketRefusal.InsufficientFunds or MarketRefusal.Unauthorized } refused =>
            throw new ExitException(ExitCode.Chain, $"the account cannot pay for this ({refused.Detail}): send some AKT to it first"),
        ActionOutcome.Refused refused => throw new ExitException(ExitCode.Chain, $"the chain refused it ({refused.Reason}): {refused.Detail}"),
        _ => throw new InvalidOperationException($"unknown outcome {outcome.GetType().Name}"),
    };

    private async Task<ActView> AloneAsync(Func<Task<ActView>> act, CancellationToken ct)
    {
        await _gate.WaitAsync(ct);
        try
        {
            return await act();
        }
        finally
        {
            _gate.Release();
        }
    }
}
