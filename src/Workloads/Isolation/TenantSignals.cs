using System.Globalization;

namespace ProviderAgent.Workloads;

/// <summary>What a tenant's traffic looks like. Told to the operator; nothing is closed because of it.</summary>
public enum TenantSignalKind
{
    /// <summary>Many addresses and ports were tried that do not answer.</summary>
    Scan,

    /// <summary>Connections to mining pools.</summary>
    Mining,

    /// <summary>Connections to mail ports, refused or (where the operator allows mail) let through.</summary>
    Mail,

    /// <summary>Packets with a source that is not the lease's, refused.</summary>
    ForgedSource,

    /// <summary>Packets to private addresses or to this host, refused.</summary>
    PrivateAddresses,

    /// <summary>Connections beyond the lease's limits, refused.</summary>
    Flood,
}

/// <summary>A reason that the operator can read.</summary>
/// <param name="Kind">What it looks like.</param>
/// <param name="FirstSeenAt">Wall time.</param>
/// <param name="LastSeenAt">Wall time.</param>
/// <param name="Count">How much of it was counted in all.</param>
/// <param name="Text">One line.</param>
public sealed record TenantSignal(TenantSignalKind Kind, DateTimeOffset FirstSeenAt, DateTimeOffset LastSeenAt, long Count, string Text)
{
    /// <summary>With the words that belong to it.</summary>
    public static TenantSignal Of(TenantSignalKind kind, DateTimeOffset firstSeenAt, DateTimeOffset lastSeenAt, long count) =>
        new(kind, firstSeenAt, lastSeenAt, count, TenantSignalRules.Text(kind, count));
}

/// <summary>Judges what was counted of a lease between two readings. Pure.</summary>
internal static class TenantSignalRules
{
    // Retries of a few connections are no flood.
    private const long FloodPerMinute = 1_000;

    /// <param name="counted">What was counted since the last reading, by tally.</param>
    /// <param name="elapsed">Since the last reading.</param>
    /// <param name="options">From where on it is told.</param>
    public static IEnumerable<(TenantSignalKind Kind, long Count)> Judge(IReadOnlyDictionary<GuardTally, long> counted, TimeSpan elapsed, NetworkSignalOptions options)
    {
        if (elapsed <= TimeSpan.Zero) yield break;
        var scanned = Beyond(Of(GuardTally.Destinations) - Of(GuardTally.Answered), options.UnansweredPerMinute)
            + Beyond(Of(GuardTally.UdpDestinations) - Of(GuardTally.UdpAnswered), options.UnansweredUdpPerMinute);
        if (scanned > 0) yield return (TenantSignalKind.Scan, scanned);
        if (Of(GuardTally.Watched) is > 0 and var watched) yield return (TenantSignalKind.Mining, watched);
        if (Of(GuardTally.Mail) + Of(GuardTally.MailSent) is > 0 and var mail) yield return (TenantSignalKind.Mail, mail);
        if (Of(GuardTally.Forged) is > 0 and var forged) yield return (TenantSignalKind.ForgedSource, forged);
        var refused = Of(GuardTally.Private) + Of(GuardTally.Host);
        if (options.RefusedPerMinute > 0 && PerMinute(refused) >= options.RefusedPerMinute) yield return (TenantSignalKind.PrivateAddresses, refused);
        var flood = Of(GuardTally.TooFast) + Of(GuardTally.TooMany);
        if (PerMinute(flood) >= FloodPerMinute) yield return (TenantSignalKind.Flood, flood);

        long Of(GuardTally tally) => counted.GetValueOrDefault(tally);

        long Beyond(long unanswered, int threshold) => threshold > 0 && PerMinute(unanswered) >= threshold ? unanswered : 0;

        double PerMinute(long count) => count / elapsed.TotalMinutes;
    }

    /// <summary>For the operator.</summary>
    public static string Text(TenantSignalKind kind, long count)
    {
        FormattableString text = kind switch
        {
            TenantSignalKind.Scan => $"tried {count} addresses and ports that do not answer, as a scan does",
            TenantSignalKind.Mining => $"opened {count} connections to ports or addresses of mining pools",
            TenantSignalKind.Mail => $"tried {count} times to reach a mail port",
            TenantSignalKind.ForgedSource => $"sent {count} packets with a source address that is not its own; they were refused",
            TenantSignalKind.PrivateAddresses => $"sent {count} packets to private addresses or to this host; they were refused",
            _ => $"opened connections beyond its limits: {count} packets were refused",
        };
        return text.ToString(CultureInfo.InvariantCulture);
    }
}
