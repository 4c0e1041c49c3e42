using ProviderAgent.Config;
using ProviderAgent.Hosting;
using ProviderAgent.Inventory;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Market;

/// <summary>What the provider's public entry is to be, and how that differs from what it is.</summary>
/// <param name="Wanted">The whole entry.</param>
/// <param name="IsNew">There is none yet.</param>
/// <param name="Changes">One line for each difference; empty when there is none.</param>
/// <param name="Voided">One line for each audit that the change would void.</param>
internal sealed record ProviderRecordPlan(ProviderRecord Wanted, bool IsNew, IReadOnlyList<string> Changes, IReadOnlyList<string> Voided)
{
    /// <summary>Compares configuration and hardware with the market. Pure.</summary>
    /// <param name="options">What is configured; wins over what is detected.</param>
    /// <param name="account">The provider's account.</param>
    /// <param name="classes">Classes of volumes that are for sale. Left out as soon as the configured attributes say anything about storage.</param>
    /// <param name="detected">Attributes of the GPUs that are there; null when they are not known, then those on the market stay.</param>
    /// <param name="present">What the market has; null for nothing.</param>
    /// <param name="audits">What auditors have signed.</param>
    public static ProviderRecordPlan Make(
        ProviderOptions options,
        StorageClassesOptions classes,
        AccountAddress account,
        IReadOnlyCollection<MarketAttribute>? detected,
        ProviderRecord? present,
        IReadOnlyCollection<AuditRecord> audits)
    {
        var attributes = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var attribute in detected ?? (present?.Attributes ?? []).Where(IsGpu)) attributes[attribute.Key] = attribute.Value;
        foreach (var attribute in classes.Attributes(options.Attributes.Keys)) attributes[attribute.Key] = attribute.Value;
        foreach (var (key, value) in options.Attributes) attributes[key] = value;
        var wanted = new ProviderRecord(
            account,
            options.HostUri ?? throw new ExitException(ExitCode.Configuration, "provider.host_uri is missing"),
            attributes.Select(attribute => new MarketAttribute(attribute.Key, attribute.Value)).ToValueList(),
            options.Email,
            options.Website?.OriginalString ?? "");
        return new(wanted, present is null, Difference(present, wanted), VoidedBy(present, wanted, audits));
    }

    private static bool IsGpu(MarketAttribute attribute) => attribute.Key.StartsWith(AttributeMatch.GpuPrefix, StringComparison.Ordinal);

    private static List<string> Difference(ProviderRecord? present, ProviderRecord wanted)
    {
        var changes = new List<string>();
        Compare("host_uri", present?.HostUri.OriginalString.TrimEnd('/'), wanted.HostUri.OriginalString.TrimEnd('/'));
        Compare("email", present?.Email ?? "", wanted.Email);
        Compare("website", present?.Website ?? "", wanted.Website);
        var (before, after) = (present?.Attributes ?? [], wanted.Attributes);
        foreach (var attribute in after.Except(before)) changes.Add($"+ {attribute}");
        foreach (var attribute in before.Except(after)) changes.Add($"- {attribute}");
        return changes;

        void Compare(string what, string? old, string @new)
        {
            if (old != @new) changes.Add($"{what}: {(string.IsNullOrEmpty(old) ? "(none)" : old)} -> {(@new.Length == 0 ? "(none)" : @new)}");
        }
    }

    /// <summary>An auditor's word holds for what was signed; what is taken back or changed is not covered any more.</summary>
    private static List<string> VoidedBy(ProviderRecord? present, ProviderRecord wanted, IReadOnlyCollection<AuditRecord> audits)
    {
        var lines = new List<string>();
        foreach (var audit in audits)
        {
            var lost = audit.Attributes.Intersect(present?.Attributes ?? []).Except(wanted.Attributes).ToArray();
            if (lost.Length > 0) lines.Add($"auditor {audit.Auditor} has signed {string.Join(", ", lost)}: without it, orders that ask for that auditor do not match any more");
        }

        return lines;
    }
}
