using System.Text.Json.Serialization;

namespace ProviderAgent.Devnet.Tenant;

/// <summary>What a provider says of a lease; all three parts are always there, the last two may be null.</summary>
/// <param name="Services">By service name.</param>
/// <param name="ForwardedPorts">Public ports by service name.</param>
/// <param name="Ips">Leased addresses by service name.</param>
public sealed record TenantLeaseStatus(
    [property: JsonPropertyName("services"), JsonRequired] IReadOnlyDictionary<string, TenantServiceStatus>? Services,
    [property: JsonPropertyName("forwarded_ports"), JsonRequired] IReadOnlyDictionary<string, IReadOnlyList<TenantForwardedPort>>? ForwardedPorts,
    [property: JsonPropertyName("ips"), JsonRequired] IReadOnlyDictionary<string, IReadOnlyList<TenantLeasedAddress>>? Ips);

/// <param name="Name">The service.</param>
/// <param name="Available">Ready replicas.</param>
/// <param name="Total">Existing replicas.</param>
/// <param name="Uris">Host names under which it is reached; null when there are none.</param>
/// <param name="ReadyReplicas">As <paramref name="Available"/>.</param>
public sealed record TenantServiceStatus(
    [property: JsonPropertyName("name")] string Name,
    [property: JsonPropertyName("available")] int Available,
    [property: JsonPropertyName("total")] int Total,
    [property: JsonPropertyName("uris")] IReadOnlyList<string>? Uris,
    [property: JsonPropertyName("ready_replicas")] int ReadyReplicas);

/// <param name="Host">Public host; may be missing.</param>
/// <param name="Port">Port of the container.</param>
/// <param name="ExternalPort">Public port.</param>
/// <param name="Proto">TCP or UDP.</param>
public sealed record TenantForwardedPort(
    [property: JsonPropertyName("host")] string? Host,
    [property: JsonPropertyName("port")] int Port,
    [property: JsonPropertyName("externalPort")] int ExternalPort,
    [property: JsonPropertyName("proto")] string Proto);

/// <param name="Ip">The address.</param>
/// <param name="Port">Port of the container.</param>
/// <param name="ExternalPort">Port on the address.</param>
/// <param name="Protocol">TCP or UDP.</param>
public sealed record TenantLeasedAddress(
    [property: JsonPropertyName("IP")] string Ip,
    [property: JsonPropertyName("Port")] int Port,
    [property: JsonPropertyName("ExternalPort")] int ExternalPort,
    [property: JsonPropertyName("Protocol")] string Protocol);

[JsonSerializable(typeof(TenantLeaseStatus))]
internal sealed partial class TenantJson : JsonSerializerContext;
