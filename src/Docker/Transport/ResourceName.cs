namespace ProviderAgent.Docker;

/// <summary>Makes path segments of ids and names. Image names come from tenants, so nothing may climb out of its segment.</summary>
internal static class ResourceName
{
    /// <summary>A reference is at most 255 characters of name, 128 of tag and 71 of digest; everything longer is an attack or a mistake.</summary>
    private const int MaxLength = 512;

    /// <summary>An id or name of a container, network, volume or exec session.</summary>
    /// <exception cref="ArgumentException">Empty, too long, or with characters that no id or name has.</exception>
    public static string Segment(string id, string parameterName = "id")
    {
        ArgumentException.ThrowIfNullOrEmpty(id, parameterName);
        if (id.Length > MaxLength || !char.IsAsciiLetterOrDigit(id[0]) || !id.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '.' or '-'))
        {
            throw new ArgumentException("an id or name has letters, digits, '_', '.' and '-' only, and begins with a letter or digit", parameterName);
        }

        return id;
    }

    /// <summary>An image reference or id. Its slashes stay slashes; a segment that is empty or made of dots is refused.</summary>
    /// <exception cref="ArgumentException">The text cannot be an image reference.</exception>
    public static string Image(string name, string parameterName = "name")
    {
        ArgumentException.ThrowIfNullOrEmpty(name, parameterName);
        if (name.Length > MaxLength || name.Any(c => !char.IsAscii(c) || char.IsControl(c) || char.IsWhiteSpace(c)))
        {
            throw new ArgumentException($"an image reference has at most {MaxLength} printable ASCII characters", parameterName);
        }

        var segments = name.Split('/');
        if (segments.Any(segment => segment.Length == 0 || segment.All(c => c == '.')))
        {
            throw new ArgumentException("an image reference has no empty segment and none made of dots", parameterName);
        }

        return string.Join('/', segments.Select(Uri.EscapeDataString));
    }

    /// <summary>True when the reference says which image of the repository is meant, by tag or by digest.</summary>
    public static bool HasTagOrDigest(string reference) => reference.Contains('@') || reference.IndexOf(':', reference.LastIndexOf('/') + 1) >= 0;
}
