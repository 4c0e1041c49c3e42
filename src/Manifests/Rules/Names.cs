namespace ProviderAgent.Manifests;

/// <summary>Forms of names in manifests.</summary>
internal static class Names
{
    /// <summary>Longest host name, in characters (RFC 1123).</summary>
    public const int MaxHostLength = 253;

    /// <summary>Longest service name, in characters. It becomes a DNS label, which holds no more (RFC 1035).</summary>
    public const int MaxServiceLength = 63;

    /// <summary>A lower-case letter, then letters, digits and hyphens, not ending in a hyphen.</summary>
    public static bool IsService(string name) =>
        name.Length is > 0 and <= MaxServiceLength && char.IsAsciiLetterLower(name[0]) && IsLabel(name);

    /// <summary>An RFC 1123 subdomain in lower case. Single labels may be longer than DNS allows; the orchestrators of this market never checked.</summary>
    public static bool IsHost(string name)
    {
        if (name.Length is 0 or > MaxHostLength) return false;
        foreach (var part in name.AsSpan().Split('.'))
        {
            if (!IsLabel(name.AsSpan()[part])) return false;
        }

        return true;
    }

    /// <summary>Letters, digits and <c>-._</c>, not starting with a digit; neither <c>.</c> nor anything that starts with two dots.</summary>
    public static bool IsEnvironment(ReadOnlySpan<char> name)
    {
        if (name.IsEmpty || char.IsAsciiDigit(name[0]) || name is "." || name.StartsWith("..")) return false;
        foreach (var c in name)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('-' or '.' or '_')) return false;
        }

        return true;
    }

    private static bool IsLabel(ReadOnlySpan<char> label)
    {
        if (label.IsEmpty || label[0] == '-' || label[^1] == '-') return false;
        foreach (var c in label)
        {
            if (!char.IsAsciiLetterLower(c) && !char.IsAsciiDigit(c) && c != '-') return false;
        }

        return true;
    }
}
