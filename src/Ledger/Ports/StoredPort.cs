namespace ProviderAgent.Ledger;

/// <summary>Transport of a published port.</summary>
public enum PortProtocol
{
    Tcp,
    Udp,
}

/// <summary>The port of a service that is published on the host.</summary>
/// <param name="Lease">The lease.</param>
/// <param name="Service">The service, 1 to 128 characters.</param>
/// <param name="ExternalPort">The port as its tenant names it to the outside, 1 to 65535.</param>
/// <param name="Protocol">Transport.</param>
public sealed record PortKey(LeaseId Lease, string Service, int ExternalPort, PortProtocol Protocol);

/// <summary>A host port held for a service.</summary>
/// <param name="Key">What it is held for.</param>
/// <param name="HostPort">The port of the host.</param>
public sealed record StoredPort(PortKey Key, int HostPort);

/// <summary>Host ports that may be given out.</summary>
/// <param name="First">Lowest, at least 1.</param>
/// <param name="Last">Highest, at most 65535; both are included.</param>
public readonly record struct PortRange(int First, int Last);
