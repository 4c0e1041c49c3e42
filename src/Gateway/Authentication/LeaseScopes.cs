using System.Collections.Frozen;

namespace ProviderAgent.Gateway;

/// <summary>What a token allows, by the names of the market's token format.</summary>
[Flags]
internal enum LeaseScopes
{
    None = 0,
    SendManifest = 1 << 0,
    GetManifest = 1 << 1,
    Logs = 1 << 2,
    Shell = 1 << 3,
    Events = 1 << 4,
    Status = 1 << 5,
    Restart = 1 << 6,
    HostnameMigrate = 1 << 7,
    IpMigrate = 1 << 8,
    Attestation = 1 << 9,
}

internal static class LeaseScopeNames
{
    private static readonly FrozenDictionary<string, LeaseScopes> Names = new Dictionary<string, LeaseScopes>(StringComparer.Ordinal)
    {
        ["send-manifest"] = LeaseScopes.SendManifest,
        ["get-manifest"] = LeaseScopes.GetManifest,
        ["logs"] = LeaseScopes.Logs,
        ["shell"] = LeaseScopes.Shell,
        ["events"] = LeaseScopes.Events,
        ["status"] = LeaseScopes.Status,
        ["restart"] = LeaseScopes.Restart,
        ["hostname-migrate"] = LeaseScopes.HostnameMigrate,
        ["ip-migrate"] = LeaseScopes.IpMigrate,
        ["attestation"] = LeaseScopes.Attestation,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The scope of this name; null when there is none.</summary>
    public static LeaseScopes? Find(string name) => Names.TryGetValue(name, out var scope) ? scope : null;
}
