namespace ProviderAgent.Workloads;

/// <summary>Has the host helper map ports, so that the daemon itself needs no right over containers' networks.</summary>
internal sealed class HostHelperPortMapper(HostHelperClient helper) : IPortMapper
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    public async Task MapAsync(ContainerPortMap map, CancellationToken ct)
    {
        try
        {
            await helper.AskAsync(
                new(PortsVerb.VerbName) { Ports = new(map.ContainerId, map.Pid, map.Subnet.ToString(), map.Gateway.ToString(), [.. map.Ports]) }, Deadline, ct);
        }
        catch (HostHelperException error)
        {
            throw new NetworkGuardException(error.Message, error);
        }
    }
}
