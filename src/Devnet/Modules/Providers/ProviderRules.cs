using ProviderAgent.Devnet.Errors;
using ProviderAgent.Devnet.Wires;

namespace ProviderAgent.Devnet.Modules.Providers;

/// <summary>What a provider's record may hold.</summary>
internal static class ProviderRules
{
    public static void Validate(
        string owner, string hostUri, IEnumerable<Wire.Attributes.Attribute> attributes, Wire.Provider.Info? info, string message)
    {
        ValidateHostUri(hostUri);
        IdRules.Address(owner, $"{message}: Invalid Provider Address");
        AttributeRules.ValidateOffered(attributes);
        if (!string.IsNullOrEmpty(info?.Website) && !Uri.TryCreate(info.Website, UriKind.RelativeOrAbsolute, out _))
        {
            throw ProviderErrors.InvalidWebsite.Exception();
        }
    }

    public static Wire.Provider.Provider Record(
        string owner, string hostUri, IEnumerable<Wire.Attributes.Attribute> attributes, Wire.Provider.Info? info)
    {
        var record = new Wire.Provider.Provider { Owner = owner, HostUri = hostUri, Info = info ?? new() };
        record.Attributes.AddRange(attributes);
        return record;
    }

    /// <summary>https, a host, and no path at all, not even a slash.</summary>
    private static void ValidateHostUri(string text)
    {
        var scheme = text.IndexOf(':', StringComparison.Ordinal);
        if (scheme <= 0 || !Uri.CheckSchemeName(text[..scheme])) throw ProviderErrors.NotAbsoluteHostUri.Because($"validating \"{text}\" for absolute URI");
        if (!text[..scheme].Equals("https", StringComparison.OrdinalIgnoreCase))
        {
            throw ProviderErrors.InvalidHostUri.Because($"scheme in \"{text}\" should be https");
        }

        // Uri adds a slash where there is no path, so the path is looked for in the text itself.
        var rest = text[(scheme + 1)..];
        var authority = rest.StartsWith("//", StringComparison.Ordinal) ? rest[2..] : "";
        var end = authority.AsSpan().IndexOfAny("/?#");
        var path = end < 0 ? "" : authority[end..];
        if (end == 0 || authority.Length == 0) throw ProviderErrors.InvalidHostUri.Because($"validating \"{text}\" for valid host");
        if (path.StartsWith('/')) throw ProviderErrors.InvalidHostUri.Because($"path in \"{text}\" should be empty");
        if (!Uri.TryCreate(text, UriKind.Absolute, out _)) throw ProviderErrors.InvalidHostUri.Exception();
    }
}
