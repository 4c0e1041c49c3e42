namespace ProviderAgent.Manifests;

/// <summary>How large a manifest may be. The market sets no such limits; these are far above anything that is deployed and keep one request from using up the memory.</summary>
public sealed record ManifestLimits
{
    public static ManifestLimits Default { get; } = new();

    /// <summary>Bytes of JSON. Default 8 MiB.</summary>
    public int MaxBytes { get; init; } = 8 * 1024 * 1024;

    /// <summary>Nested objects and arrays. Default 32; a manifest needs 9.</summary>
    public int MaxDepth { get; init; } = 32;

    /// <summary>Groups of a manifest. Default 64.</summary>
    public int MaxGroups { get; init; } = 64;

    /// <summary>Services of one group. Default 256.</summary>
    public int MaxServices { get; init; } = 256;

    /// <summary>Entries of any other list: environment, arguments, ports, hosts, volumes. Default 4096.</summary>
    public int MaxListItems { get; init; } = 4096;

    /// <summary>Entries of all lists together. Default 50 000.</summary>
    public int MaxItems { get; init; } = 50_000;

    /// <summary>UTF-8 bytes of one text. Default 1 MiB: larger than any environment entry that a kernel passes on.</summary>
    public int MaxTextBytes { get; init; } = 1024 * 1024;
}
