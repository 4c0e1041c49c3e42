using ProviderAgent.Marketplace;

namespace ProviderAgent.Gateway;

internal enum AccessLevel
{
    /// <summary>Nobody in particular: public routes only.</summary>
    None,

    /// <summary>Everything that is the issuer's.</summary>
    Full,

    /// <summary>Some actions on everything that is the issuer's.</summary>
    Scoped,

    /// <summary>As the entries of a list say.</summary>
    Granular,
}

/// <summary>What a caller may do with the leases of <paramref name="Issuer"/>. Pure; the checks come in the order of the market's reference provider.</summary>
/// <param name="Issuer">The tenant; null for an anonymous caller. Every id that a request names is completed with this owner, so nobody can name another's lease.</param>
/// <param name="Level">Top level of the token.</param>
/// <param name="Scopes">With <see cref="AccessLevel.Scoped"/>.</param>
/// <param name="Providers">With <see cref="AccessLevel.Granular"/>: each provider at most once.</param>
internal sealed record LeaseAccess(AccountAddress? Issuer, AccessLevel Level, LeaseScopes Scopes, ValueList<ProviderGrant> Providers)
{
    public static LeaseAccess Anonymous { get; } = new(null, AccessLevel.None, LeaseScopes.None, []);

    /// <summary>Whether the token says anything about this provider.</summary>
    public bool CoversProvider(AccountAddress provider) => Level switch
    {
        AccessLevel.Full or AccessLevel.Scoped => true,
        AccessLevel.Granular => Find(provider) is not null,
        _ => false,
    };

    /// <summary>Whether the token says anything about this deployment or lease.</summary>
    /// <param name="provider">This provider.</param>
    /// <param name="dseq">The deployment.</param>
    /// <param name="lease">Group and order of a lease; null when the deployment as a whole is meant.</param>
    public bool Covers(AccountAddress provider, ulong dseq, (uint Gseq, uint Oseq)? lease) =>
        Level != AccessLevel.Granular
            ? CoversProvider(provider)
            : Find(provider) is { } grant && (grant.Level != AccessLevel.Granular || grant.Deployments.Any(deployment => deployment.Covers(dseq, lease)));

    /// <summary>Whether the token allows the action on what <see cref="Covers"/>.</summary>
    public bool Allows(LeaseScopes scope, AccountAddress provider, ulong dseq, (uint Gseq, uint Oseq)? lease) => Level switch
    {
        AccessLevel.Full => true,
        AccessLevel.Scoped => Scopes.HasFlag(scope),
        AccessLevel.Granular => Find(provider) switch
        {
            { Level: AccessLevel.Full } => true,
            { Level: AccessLevel.Scoped } grant => grant.Scopes.HasFlag(scope),
            { } grant => grant.Deployments.Any(deployment => deployment.Covers(dseq, lease) && deployment.Scopes.HasFlag(scope)),
            null => false,
        },
        _ => false,
    };

    private ProviderGrant? Find(AccountAddress provider)
    {
        foreach (var grant in Providers)
        {
            if (grant.Provider == provider) return grant;
        }

        return null;
    }
}

/// <summary>What a token allows on one provider.</summary>
internal sealed record ProviderGrant(AccountAddress Provider, AccessLevel Level, LeaseScopes Scopes, ValueList<DeploymentGrant> Deployments);

/// <summary>What a token allows on one deployment. Sequence numbers of 0 stand for any.</summary>
internal sealed record DeploymentGrant(ulong Dseq, uint Gseq, uint Oseq, LeaseScopes Scopes)
{
    public bool Covers(ulong dseq, (uint Gseq, uint Oseq)? lease) =>
        Dseq == dseq && (lease is not { } id || ((Gseq == 0 || Gseq == id.Gseq) && (Oseq == 0 || Oseq == id.Oseq)));
}
