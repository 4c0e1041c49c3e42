using System.Text.Json.Serialization;

namespace ProviderAgent.Gateway;

/// <summary>Body of a lease's status. All three members are always there, the last two may be null.</summary>
internal sealed record LeaseStatusAnswer(
    IReadOnlyDictionary<string, ServiceAnswer> Services,
    IReadOnlyDictionary<string, IReadOnlyList<PortAnswer>>? ForwardedPorts,
    IReadOnlyDictionary<string, IReadOnlyList<IpAnswer>>? Ips)
{
    public static LeaseStatusAnswer Of(LeaseStatus status) => new(
        status.Services.ToDictionary(service => service.Name, ServiceAnswer.Of),
        status.ForwardedPorts?.GroupBy(port => port.Service).ToDictionary(
            group => group.Key,
            group => (IReadOnlyList<PortAnswer>)[.. group.Select(port => new PortAnswer(port.Host.Length == 0 ? null : port.Host, port.Port, port.ExternalPort, port.Proto, port.Service))]),
        status.LeasedIps?.GroupBy(ip => ip.Service).ToDictionary(
            group => group.Key,
            group => (IReadOnlyList<IpAnswer>)[.. group.Select(ip => new IpAnswer(ip.Port, ip.ExternalPort, ip.Proto, ip.Ip))]));
}

internal sealed record ServiceAnswer(
    string Name,
    int Available,
    int Total,
    IReadOnlyList<string>? Uris,
    long ObservedGeneration,
    int Replicas,
    int UpdatedReplicas,
    int ReadyReplicas,
    int AvailableReplicas)
{
    public static ServiceAnswer Of(ServiceStatus service) => new(
        service.Name,
        service.Ready,
        service.Replicas,
        service.Hosts.Count == 0 ? null : [.. service.Hosts],
        service.Generation,
        service.Replicas,
        service.Updated,
        service.Ready,
        service.Ready);
}

internal sealed record PortAnswer(
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Host,
    int Port,
    [property: JsonPropertyName("externalPort")] int ExternalPort,
    string Proto,
    string Name);

internal sealed record IpAnswer(
    [property: JsonPropertyName("Port")] int Port,
    [property: JsonPropertyName("ExternalPort")] int ExternalPort,
    [property: JsonPropertyName("Protocol")] string Protocol,
    [property: JsonPropertyName("IP")] string Ip);
