using System.Globalization;

namespace ProviderAgent.Workloads;

/// <summary>The firewall, driven by the host helper, so that the daemon itself needs no right over the network.</summary>
internal sealed class HostHelperGuard(HostHelperClient helper) : INetworkGuard
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    public async Task<bool> EnsureAsync(NetworkGuardRules rules, CancellationToken ct)
    {
        var arguments = new GuardArguments(rules.Bridges, [.. rules.PrivateResolvers.Select(address => address.ToString())], rules.AllowMail)
        {
            Limits = rules.Limits,
            WatchedPorts = rules.WatchedPorts,
            WebPorts = rules.WebPorts,
            OwnPorts = [.. rules.OwnPorts.Select(port => new OwnPortArguments(port.Bridge, port.HostPort, port.Protocol == PortProtocol.Udp))],
            WatchedAddresses = [.. rules.WatchedAddresses.Select(address => address.ToString())],
            SharedPorts =
            [
                .. rules.SharedPorts.Select(port => new SharedPortArguments(
                    port.Address.ToString(), port.HostPort, port.Protocol == PortProtocol.Udp, [.. port.Replicas.Select(replica => replica.ToString())])),
            ],
        };
        return (await AskAsync(new(GuardVerb.VerbName) { Guard = arguments }, ct)).Loaded;
    }

    public async Task<IReadOnlyList<GuardCount>> ReadAsync(CancellationToken ct)
    {
        var answer = await AskAsync(new(GuardCountsVerb.VerbName), ct);
        var counts = new List<GuardCount>();
        foreach (var (key, count) in answer.Counts ?? throw new NetworkGuardException("the host helper's answer has no counts: is it of another version?"))
        {
            var slash = key.IndexOf('/', StringComparison.Ordinal);
            if (slash > 0 && int.TryParse(key.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var tally)) counts.Add(new(key[..slash], (GuardTally)tally, count));
        }

        return counts;
    }

    private async Task<HostHelperAnswer> AskAsync(HostHelperRequest request, CancellationToken ct)
    {
        try
        {
            return await helper.AskAsync(request, Deadline, ct);
        }
        catch (HostHelperException error)
        {
            throw new NetworkGuardException(error.Message, error);
        }
    }
}
