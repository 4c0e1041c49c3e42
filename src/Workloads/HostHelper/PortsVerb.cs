using System.Net;

namespace ProviderAgent.Workloads;

/// <summary><c>map-ports</c>: makes a service answer its siblings on the ports that its manifest names.</summary>
public sealed class PortsVerb(TimeProvider time) : IHostHelperVerb
{
    /// <summary>Name of the verb.</summary>
    public const string VerbName = "map-ports";

    private readonly NftPortMapper _mapper = new(time);

    /// <inheritdoc/>
    public string Name => VerbName;

    /// <inheritdoc/>
    public async Task<HostHelperAnswer> RunAsync(HostHelperRequest request, CancellationToken ct)
    {
        if (request.Ports is not { ContainerId: { } id, Ports: { } ports, Subnet: { } text } arguments) throw new HostHelperException("map-ports needs a container, a subnet and ports");
        if (!IPNetwork.TryParse(text, out var subnet)) throw new HostHelperException($"'{text}' is not a subnet such as 10.213.0.64/26");
        if (!IPAddress.TryParse(arguments.Gateway, out var gateway)) throw new HostHelperException($"'{arguments.Gateway}' is not an address");
        try
        {
            await _mapper.MapAsync(new(id, arguments.Pid, subnet, gateway, [.. ports]), ct);
            return HostHelperAnswer.Done;
        }
        catch (Exception error) when (error is ArgumentException or NetworkGuardException)
        {
            throw new HostHelperException(error.Message, error);
        }
    }
}
