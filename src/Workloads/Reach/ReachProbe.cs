using System.Net;
using Microsoft.Extensions.Options;

namespace ProviderAgent.Workloads;

/// <summary>What one look found, and the router to go on with; null when none answers.</summary>
internal sealed record ReachLook(ReachFacts Facts, (IRouter Router, RouterLook Look)? Router);

/// <summary>Looks once at everything that decides whether this host can be reached. Changes nothing.</summary>
internal sealed class ReachProbe(IHostNetworkReader reader, ReachableRouter router, NameLookups lookups, IPublicHostName host, IOptionsMonitor<IngressOptions> ingress)
{
    // Any name below the domain should lead here. One for the life of the process: a new one at each look would pass every cache by.
    private readonly string _label = Guid.NewGuid().ToString("N")[..20];

    /// <summary>One look.</summary>
    /// <exception cref="System.Net.NetworkInformation.NetworkInformationException">The system does not tell about its interfaces.</exception>
    public async Task<ReachLook> LookAsync(CancellationToken ct)
    {
        var network = reader.Read();
        var asking = AskRouterAsync(network, ct);
        var names = await Task.WhenAll(Names().Select(async name => new NameFacts(name.Shown, await lookups.FindAsync(name.Asked, ct), 0)));
        var (facts, answer) = await asking;
        return new(new() { Network = network, Router = facts, Host = HostPart(host.Value), Names = [.. names, .. Literal()] }, answer);
    }

    private async Task<(RouterFacts? Facts, (IRouter, RouterLook)? Answer)> AskRouterAsync(HostNetwork network, CancellationToken ct)
    {
        try
        {
            return await router.LookAsync(network, ct) is { } answer ? (new(answer.Look.Protocol, answer.Look.Outside, null), answer) : (null, null);
        }
        catch (RouterException error)
        {
            return (new(null, null, error.Message), null);
        }
    }

    /// <summary>Names to ask the DNS for: what tenants see, and what is asked.</summary>
    private IEnumerable<(string Shown, string Asked)> Names()
    {
        var name = HostPart(host.Value);
        if (IsLocal(name)) yield break;
        if (!IPAddress.TryParse(name, out _)) yield return (name, name);
        var (now, domain) = (ingress.CurrentValue, host.IngressDomain);
        if (now.Mode != IngressMode.None && now.GeneratedNames && !IsLocal(domain)) yield return ("*." + domain, $"{_label}.{domain}");
    }

    /// <summary>An address in place of a name leads to itself.</summary>
    private IEnumerable<NameFacts> Literal() => IPAddress.TryParse(HostPart(host.Value), out var address) && !LocalNames.IsThisMachine(HostPart(host.Value))
        ? [new(address.ToString(), new NameLookup.Found([address]), 0)]
        : [];

    private static bool IsLocal(string name) => LocalNames.IsThisMachine(name) || LocalNames.IsThisNetwork(name);

    private static string HostPart(string host) => host.Trim('[', ']').TrimEnd('.');
}
