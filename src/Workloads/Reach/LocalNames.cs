using System.Net;

namespace ProviderAgent.Workloads;

/// <summary>Names that the public DNS does not know. A provider under one of them is a trial.</summary>
internal static class LocalNames
{
    // RFC 6761, 6762, 8375; kept by ICANN; and what routers at home hand out.
    private static readonly string[] Domains = ["local", "internal", "home.arpa", "test", "invalid", "lan", "home", "localdomain"];

    /// <summary>True for a name or an address that no other machine can use.</summary>
    public static bool IsThisMachine(string host) =>
        host.Length == 0
        || Is(host, "localhost")
        || (IPAddress.TryParse(host, out var address) && AddressKinds.Of(address) is AddressKind.Loopback or AddressKind.Unusable);

    /// <summary>True for a name that at most the own network knows.</summary>
    public static bool IsThisNetwork(string host) =>
        !IPAddress.TryParse(host, out _) && (!host.Contains('.', StringComparison.Ordinal) || Array.Exists(Domains, domain => Is(host, domain)));

    private static bool Is(string host, string domain) =>
        host.Equals(domain, StringComparison.OrdinalIgnoreCase)
        || (host.Length > domain.Length && host[^(domain.Length + 1)] == '.' && host.EndsWith(domain, StringComparison.OrdinalIgnoreCase));
}
