using ProviderAgent.Marketplace;

namespace ProviderAgent.Manifests;

/// <summary>One service of a group: an image run in <see cref="Count"/> equal replicas.</summary>
/// <remarks>
/// A list that may be null is one where "absent" and "empty" hash differently, so both are kept apart. Whoever runs the service
/// treats the two alike.
/// </remarks>
public sealed record ManifestService
{
    internal static ManifestService Empty { get; } = new();

    public string Name { get; init; } = "";

    /// <summary>Image reference as the tenant wrote it; not checked for form.</summary>
    public string Image { get; init; } = "";

    /// <summary>Replaces the image's entry point; when set and <see cref="Args"/> is not, the image's own arguments are dropped too.</summary>
    public ValueList<string>? Command { get; init; }

    /// <summary>Replaces the image's arguments.</summary>
    public ValueList<string>? Args { get; init; }

    /// <summary>Entries <c>NAME=value</c>, or <c>NAME</c> for an empty value; of duplicates the last wins.</summary>
    public ValueList<string>? Env { get; init; }

    public ServiceResources Resources { get; init; } = ServiceResources.Empty;

    /// <summary>Number of replicas.</summary>
    public uint Count { get; init; }

    public ValueList<ServiceExpose>? Expose { get; init; }

    public ServiceParams? Params { get; init; }

    /// <summary>Login for the image's registry; null for a public image.</summary>
    public ImageCredentials? Credentials { get; init; }

    /// <summary>Name and image only: environment and credentials are the tenant's secrets.</summary>
    public override string ToString() => $"{Name} ({Image})";
}
