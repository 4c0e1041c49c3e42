using System.Net;
using Microsoft.Extensions.Options;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Workloads;

/// <summary>What a name leads to.</summary>
internal abstract record NameLookup
{
    private NameLookup()
    {
    }

    /// <summary>It has addresses, IPv4 first.</summary>
    public sealed record Found(ValueList<IPAddress> Addresses) : NameLookup;

    /// <summary>There is no such name, or it has no address.</summary>
    public sealed record Missing : NameLookup;

    /// <summary>Nobody says: nothing follows from it.</summary>
    public sealed record Unknown(string Why) : NameLookup;
}

/// <summary>Asks what names lead to, past this host's own files, as others would.</summary>
internal sealed class NameLookups(DnsResolver resolver, IOptionsMonitor<IngressOptions> options, TimeProvider time)
{
    // Each of several name servers has 3 s.
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);

    /// <summary>Asks for both kinds of addresses.</summary>
    public async Task<NameLookup> FindAsync(string name, CancellationToken ct)
    {
        using var deadline = new CancellationTokenSource(Deadline, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, deadline.Token);
        var servers = NameServers.Of(options.CurrentValue);
        try
        {
            var answers = await Task.WhenAll(resolver.FindAsync(servers, name, DnsRecord.A, either.Token), resolver.FindAsync(servers, name, DnsRecord.Aaaa, either.Token));
            return Join(answers[0], answers[1]);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return new NameLookup.Unknown($"the name servers did not answer within {Deadline.TotalSeconds:0} s");
        }
    }

    private static NameLookup Join(DnsTexts ipv4, DnsTexts ipv6)
    {
        var addresses = new[] { ipv4, ipv6 }.OfType<DnsTexts.Found>().SelectMany(found => found.Texts).Select(IPAddress.Parse).Distinct().ToValueList();
        // One half of an answer proves nothing about the other, and most of the world comes by IPv4.
        if (ipv4 is DnsTexts.Unknown { Why: var why }) return new NameLookup.Unknown(why);
        if (addresses.Count > 0) return new NameLookup.Found(addresses);
        return ipv6 is DnsTexts.Unknown { Why: var reason } ? new NameLookup.Unknown(reason) : new NameLookup.Missing();
    }
}
