using System.Net;
using ProviderAgent.Manifests;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Workloads;

/// <summary>One web port of one service, and the host names that lead to it.</summary>
/// <param name="Lease">Whose it is.</param>
/// <param name="Service">The service.</param>
/// <param name="Port">Port inside the container, by the manifest.</param>
/// <param name="Hosts">Lower case, sorted; at least one.</param>
/// <param name="Upstreams">Where each of its replicas that run listens; empty while none does.</param>
/// <param name="Http">As leased.</param>
public sealed record IngressRoute(LeaseId Lease, string Service, int Port, ValueList<string> Hosts, ValueList<IPEndPoint> Upstreams, HttpOptions Http);

/// <summary>Everything that the ingress has to serve.</summary>
/// <param name="Routes">All routes; no host name is in two of them.</param>
/// <param name="Certificates">By host name; a name without one is served over plain HTTP only.</param>
public sealed record IngressTable(ValueList<IngressRoute> Routes, IReadOnlyDictionary<string, ServingCertificate> Certificates);

/// <summary>A certificate that may be served.</summary>
/// <param name="Chain">PEM, the host's own first.</param>
/// <param name="Key">PEM.</param>
/// <param name="Names">Host names that it covers; may begin with <c>*.</c>.</param>
/// <param name="NotAfter">Until when.</param>
/// <param name="Origin">Where it comes from: files, acme or self_made.</param>
/// <param name="Fingerprint">SHA-256 of both parts, in hex.</param>
public sealed record ServingCertificate(string Chain, string Key, ValueList<string> Names, DateTimeOffset NotAfter, string Origin, string Fingerprint)
{
    /// <summary>Whether it is good for this host name.</summary>
    public bool Covers(string host)
    {
        var dot = host.IndexOf('.', StringComparison.Ordinal);
        foreach (var name in Names)
        {
            if (string.Equals(name, host, StringComparison.OrdinalIgnoreCase)) return true;
            if (dot > 0 && name.StartsWith("*.", StringComparison.Ordinal) && host.AsSpan(dot).Equals(name.AsSpan(1), StringComparison.OrdinalIgnoreCase)) return true;
        }

        return false;
    }

    /// <summary>Names only: the key is a secret.</summary>
    public override string ToString() => $"{Origin} certificate for {Names} until {NotAfter:u}";
}

/// <summary>What the ingress made of the latest table.</summary>
/// <param name="IsServing">The table is in force.</param>
/// <param name="Problem">What keeps it from being so, with the fix; null when nothing does.</param>
public sealed record IngressReport(bool IsServing, string? Problem);

/// <summary>Whoever leads tenants' host names to their containers. Routes in, state out; called again and again, it puts right what went wrong meanwhile.</summary>
public interface IIngress
{
    /// <summary>Makes the table the one in force, unless it is.</summary>
    /// <returns>What came of it. An ingress that is away or refuses is a report, no exception.</returns>
    Task<IngressReport> ApplyAsync(IngressTable table, CancellationToken ct);

    /// <summary>While it is not known yet what runs: serves again what was served last, where nothing is served now. Changes nothing else.</summary>
    /// <returns>What came of it; no problem either when there was nothing to do.</returns>
    Task<IngressReport> ResumeAsync(CancellationToken ct);
}
