using ProviderAgent.Marketplace;

namespace ProviderAgent.Manifests;

/// <summary>Numbers of leased addresses, and the endpoints that follow from a service's ports.</summary>
internal sealed class EndpointSequences
{
    private readonly Dictionary<string, uint> _numbers = new(StringComparer.Ordinal);

    /// <summary>Every use of an address is counted in the order of names; an address has the number of its last use.</summary>
    public static EndpointSequences Of(IEnumerable<SdlService> services)
    {
        var uses = services
            .SelectMany(service => service.Exposes)
            .SelectMany(expose => expose.To)
            .Where(to => to.Global && to.Ip.Length > 0)
            .Select(to => to.Ip)
            .Order(StringComparer.Ordinal);
        var sequences = new EndpointSequences();
        uint number = 0;
        foreach (var name in uses) sequences._numbers[name] = ++number;
        return sequences;
    }

    /// <summary>0 for no address.</summary>
    public uint NumberOf(string ip) => _numbers.GetValueOrDefault(ip);

    /// <summary>The endpoints of a service, in the order of the file.</summary>
    public IEnumerable<ServiceEndpoint> EndpointsOf(SdlService service)
    {
        foreach (var expose in service.Exposes)
        {
            foreach (var to in expose.To.Where(to => to.Global))
            {
                var isIngress = ManifestExpose(expose, to).IsIngress;
                yield return new(isIngress ? EndpointKind.SharedHttp : EndpointKind.RandomPort, 0);
                if (to.Ip.Length > 0) yield return new(EndpointKind.LeasedIp, NumberOf(to.Ip));
            }
        }
    }

    public ServiceExpose ManifestExpose(SdlExpose expose, SdlExposeTo to) => new()
    {
        Port = expose.Port,
        ExternalPort = expose.As,
        Proto = expose.Proto,
        Service = to.Service,
        Global = to.Global,
        Hosts = expose.Accept.Count == 0 ? null : expose.Accept,
        HttpOptions = expose.Http,
        Ip = to.Ip,
        EndpointSequenceNumber = NumberOf(to.Ip),
    };
}
