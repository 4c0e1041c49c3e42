namespace ProviderAgent.Workloads;

/// <summary>Which images may run here, by their names. Pure.</summary>
internal static class ImagePolicy
{
    /// <summary>The registry of a name that has none.</summary>
    public const string DefaultRegistry = "docker.io";

    private const int LongestReference = 512;
    private const string DigestMark = "@sha256:";
    private const int DigestDigits = 64;

    /// <summary>Why an image may not run here; null when it may.</summary>
    public static string? Refuse(string image, WorkloadImageOptions options)
    {
        if (image.Length is 0 or > LongestReference || image.Any(letter => char.IsControl(letter) || char.IsWhiteSpace(letter))) return "this is not a valid image name";
        var name = Canonical(image);
        if (options.Registries.Count > 0 && !options.Registries.Any(allowed => IsWithin(name, allowed)))
            return $"this provider runs images of {string.Join(", ", options.Registries)} only";
        if (options.Deny.FirstOrDefault(denied => IsWithin(name, denied)) is { } match) return $"this provider does not run images of {match}";
        if (options.RequireDigest && !IsPinned(image)) return "this provider runs images by digest only; write it as name@sha256:…";
        return null;
    }

    /// <summary>The name with its registry, without tag and digest: <c>docker.io/library/nginx</c>.</summary>
    public static string Canonical(string image)
    {
        var at = image.IndexOf('@', StringComparison.Ordinal);
        var name = at < 0 ? image : image[..at];
        var colon = name.LastIndexOf(':');
        if (colon > name.LastIndexOf('/')) name = name[..colon];
        var slash = name.IndexOf('/', StringComparison.Ordinal);
        var first = slash < 0 ? "" : name[..slash];
        // The engine's own rule: a first part that could be a host is one.
        var hasRegistry = first.Contains('.', StringComparison.Ordinal) || first.Contains(':', StringComparison.Ordinal) || first == "localhost";
        if (!hasRegistry) name = $"{DefaultRegistry}/{(slash < 0 ? "library/" : "")}{name}";
        else if (first is "index.docker.io" or "registry-1.docker.io") name = DefaultRegistry + name[slash..];
        return name.ToLowerInvariant();
    }

    /// <summary>Whole parts of a path: <c>docker.io/good</c> does not allow <c>docker.io/goodness/x</c>.</summary>
    private static bool IsWithin(string name, string prefix)
    {
        var clean = prefix.TrimEnd('/').ToLowerInvariant();
        return name == clean || name.StartsWith(clean + "/", StringComparison.Ordinal);
    }

    private static bool IsPinned(string image)
    {
        var at = image.IndexOf(DigestMark, StringComparison.Ordinal);
        var digits = at < 0 ? "" : image[(at + DigestMark.Length)..];
        return digits.Length == DigestDigits && digits.All(char.IsAsciiHexDigitLower);
    }
}
