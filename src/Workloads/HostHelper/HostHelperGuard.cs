namespace ProviderAgent.Workloads;

/// <summary>The firewall, driven by the host helper, so that the daemon itself needs no right over the network.</summary>
internal sealed class HostHelperGuard(HostHelperClient helper) : INetworkGuard
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    public async Task EnsureAsync(NetworkGuardRules rules, CancellationToken ct)
    {
        var arguments = new GuardArguments(rules.Bridges, [.. rules.PrivateResolvers.Select(address => address.ToString())], rules.AllowMail);
        try
        {
            await helper.AskAsync(new(GuardVerb.VerbName) { Guard = arguments }, Deadline, ct);
        }
        catch (HostHelperException error)
        {
            throw new NetworkGuardException(error.Message, error);
        }
    }
}
