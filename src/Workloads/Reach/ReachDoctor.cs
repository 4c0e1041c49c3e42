using System.Diagnostics.CodeAnalysis;
using System.Net.NetworkInformation;
using Microsoft.Extensions.Options;

namespace ProviderAgent.Workloads;

/// <summary>Looks whether this host can be reached from outside. Asks the router only where the configuration names one; maps nothing.</summary>
public static class ReachDoctor
{
    /// <param name="options">The section <c>reach</c>.</param>
    /// <param name="ingress">The section <c>ingress</c>.</param>
    /// <param name="host">The provider's names.</param>
    /// <param name="time">For deadlines.</param>
    /// <param name="ct">Ends the look.</param>
    public static async Task<IReadOnlyList<HostFinding>> LookAsync(ReachOptions options, IngressOptions ingress, IPublicHostName host, TimeProvider time, CancellationToken ct)
    {
        var router = new ReachableRouter(new RouterCommand(time), new Fixed<ReachOptions>(options), time);
        var names = new Fixed<IngressOptions>(ingress);
        try
        {
            var look = await new ReachProbe(new HostNetworkReader(), router, new NameLookups(new DnsResolver(time), names, time), host, names).LookAsync(ct);
            // A person who asks hears at once what is not known.
            return ReachJudge.Judge(look.Facts with { Names = [.. look.Facts.Names.Select(name => name with { UnknownLooks = int.MaxValue })] }).Findings;
        }
        catch (NetworkInformationException error)
        {
            return [new("outside address", HostFindingGrade.Warns, $"this host's interfaces cannot be listed: {error.Message}")];
        }
    }

    private sealed class Fixed<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicParameterlessConstructor)] T>(T value) : IOptionsMonitor<T>
    {
        public T CurrentValue => value;

        public T Get(string? name) => value;

        public IDisposable? OnChange(Action<T, string?> listener) => null;
    }
}
