using ProviderAgent.Marketplace;

namespace ProviderAgent.Gateway;

/// <summary>The claims of a token as they stand there: of the right types, not yet checked.</summary>
/// <param name="Issuer">An account; null when absent or not one, then no key can be found.</param>
/// <param name="IssuedAt">Unix time in seconds.</param>
/// <param name="NotBefore">Unix time in seconds.</param>
/// <param name="ExpiresAt">Unix time in seconds.</param>
/// <param name="Version">Of the token format.</param>
/// <param name="Leases">Null when absent.</param>
internal sealed record JwtClaims(AccountAddress? Issuer, double? IssuedAt, double? NotBefore, double? ExpiresAt, string? Version, LeaseClaims? Leases)
{
    /// <summary>The only version there is.</summary>
    private const string KnownVersion = "v1";

    /// <summary>What the token allows; null when its claims are refused. Nothing is said about its signature.</summary>
    /// <param name="now">Wall time. Compared without leeway, as the market's reference provider does.</param>
    public LeaseAccess? Check(DateTimeOffset now)
    {
        var seconds = now.ToUnixTimeMilliseconds() / 1000.0;
        return Issuer is { } issuer
            && IssuedAt is not null
            && NotBefore is { } from && seconds >= from
            && ExpiresAt is { } until && seconds < until
            && Version == KnownVersion
            ? Leases?.Check(issuer)
            : null;
    }
}

/// <summary>The claim <c>leases</c>.</summary>
internal sealed record LeaseClaims(string Access, ValueList<string>? Scope, ValueList<ProviderClaims>? Permissions)
{
    public LeaseAccess? Check(AccountAddress issuer) => Access switch
    {
        "full" when Scope is not { Count: > 0 } && Permissions is not { Count: > 0 } => new(issuer, AccessLevel.Full, LeaseScopes.None, []),
        "scoped" when Permissions is null && ScopeClaims.Check(Scope) is { } scopes => new(issuer, AccessLevel.Scoped, scopes, []),
        "granular" when Permissions is { Count: > 0 } permissions && CheckAll(permissions) is { } grants => new(issuer, AccessLevel.Granular, LeaseScopes.None, grants),
        _ => null,
    };

    private static ValueList<ProviderGrant>? CheckAll(ValueList<ProviderClaims> permissions)
    {
        var grants = new List<ProviderGrant>();
        foreach (var permission in permissions)
        {
            if (permission.Check() is not { } grant || grants.Exists(other => other.Provider == grant.Provider)) return null;
            grants.Add(grant);
        }

        return grants.ToValueList();
    }
}

/// <summary>One entry of <c>permissions</c>. The provider is null when it is empty.</summary>
internal sealed record ProviderClaims(AccountAddress? Provider, string Access, ValueList<string>? Scope, ValueList<DeploymentClaims>? Deployments)
{
    public ProviderGrant? Check()
    {
        if (Provider is not { } provider) return null;
        return Access switch
        {
            "full" when Scope is not { Count: > 0 } && Deployments is not { Count: > 0 } => new(provider, AccessLevel.Full, LeaseScopes.None, []),
            "scoped" when Deployments is not { Count: > 0 } && ScopeClaims.Check(Scope) is { } scopes => new(provider, AccessLevel.Scoped, scopes, []),
            "granular" when Scope is not { Count: > 0 } && Deployments is { Count: > 0 } deployments && CheckAll(deployments) is { } grants => new(provider, AccessLevel.Granular, LeaseScopes.None, grants),
            _ => null,
        };
    }

    private static ValueList<DeploymentGrant>? CheckAll(ValueList<DeploymentClaims> deployments)
    {
        var grants = new List<DeploymentGrant>();
        foreach (var deployment in deployments)
        {
            if (deployment.Check() is not { } grant) return null;
            grants.Add(grant);
        }

        return grants.ToValueList();
    }
}

/// <summary>One entry of <c>deployments</c>. The services are checked for form only: no route is about a single service's rights.</summary>
internal sealed record DeploymentClaims(ulong Dseq, uint Gseq, uint Oseq, ValueList<string>? Scope, ValueList<string>? Services)
{
    public DeploymentGrant? Check() =>
        Dseq > 0
        && (Oseq == 0 || Gseq > 0)
        && ScopeClaims.Check(Scope) is { } scopes
        && Services is { Count: > 0 } services && services.Distinct(StringComparer.Ordinal).Count() == services.Count
            ? new(Dseq, Gseq, Oseq, scopes)
            : null;
}

internal static class ScopeClaims
{
    /// <summary>Null when the list is empty or absent, or has an unknown or repeated name.</summary>
    public static LeaseScopes? Check(ValueList<string>? names)
    {
        var all = LeaseScopes.None;
        foreach (var name in names ?? ValueList.Create<string>([]))
        {
            if (LeaseScopeNames.Find(name) is not { } scope || all.HasFlag(scope)) return null;
            all |= scope;
        }

        return all == LeaseScopes.None ? null : all;
    }
}
