using ProviderAgent.Marketplace;

namespace ProviderAgent.Manifests;

/// <summary>Settings of a service beyond its image and resources.</summary>
public sealed record ServiceParams
{
    internal static ServiceParams Empty { get; } = new();

    /// <summary>Where the volumes of the resource unit are mounted.</summary>
    public ValueList<StorageMount>? Storage { get; init; }

    /// <summary>Part of the format, but without effect: logins are read from <see cref="ManifestService.Credentials"/>.</summary>
    public ImageCredentials? Credentials { get; init; }

    public ServicePermissions? Permissions { get; init; }

    public TeeParams? Tee { get; init; }
}

/// <summary>Mounts the volume called <paramref name="Name"/> at <paramref name="Mount"/>.</summary>
public sealed record StorageMount(string Name, string Mount, bool ReadOnly)
{
    internal static StorageMount Empty { get; } = new("", "", false);
}

/// <summary>What the service may read of its own lease: <c>deployment</c>, <c>logs</c>, <c>events</c>.</summary>
public sealed record ServicePermissions(ValueList<string> Read)
{
    internal static ServicePermissions Empty { get; } = new(ValueList.Create<string>([]));
}

/// <summary>Confidential computing that the service asks for: <c>cpu</c> or <c>cpu-gpu</c>.</summary>
public sealed record TeeParams(string Type, bool Attestation)
{
    internal static TeeParams Empty { get; } = new("", false);
}

/// <summary>A login for the registry that holds the image. Never logged.</summary>
public sealed record ImageCredentials(string Host, string Email, string Username, string Password)
{
    internal static ImageCredentials Empty { get; } = new("", "", "", "");

    /// <summary>Without the password.</summary>
    public override string ToString() => $"{Username}@{Host}";
}
