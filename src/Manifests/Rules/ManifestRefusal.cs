namespace ProviderAgent.Manifests;

/// <summary>Which rule a manifest broke.</summary>
public enum ManifestRule
{
    /// <summary>The manifest by itself.</summary>
    Structure,

    /// <summary>Its hash is not the one on the market.</summary>
    Version,

    /// <summary>It does not fit the groups on the market.</summary>
    Groups,

    /// <summary>A host name is blocked, missing or somebody else's.</summary>
    HostNames,

    /// <summary>An image or registry that this provider does not run.</summary>
    Image,

    /// <summary>A running lease cannot change in this way.</summary>
    Update,
}

/// <summary>Why a manifest is not accepted. Each is the tenant's to mend, so the gateway answers 422 with the message.</summary>
public sealed record ManifestRefusal
{
    /// <summary>Longest message in characters: a refusal quotes the tenant's own text, which can be long.</summary>
    public const int MaxMessageLength = 2048;

    public ManifestRefusal(ManifestRule rule, string message)
    {
        Rule = rule;
        Message = message.Length <= MaxMessageLength ? message : string.Concat(message.AsSpan(0, MaxMessageLength), "…");
    }

    /// <summary>For counting.</summary>
    public ManifestRule Rule { get; }

    /// <summary>The words that tenants' tools know. Some tools look for parts of these texts, so they never change.</summary>
    public string Message { get; }

    public override string ToString() => Message;
}
