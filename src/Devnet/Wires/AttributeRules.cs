using System.Text.RegularExpressions;
using ProviderAgent.Devnet.Errors;

namespace ProviderAgent.Devnet.Wires;

/// <summary>Which keys attribute lists may hold.</summary>
internal static partial class AttributeRules
{
    /// <summary>Keys of orders and resources, which may end in a star.</summary>
    public static void ValidateRequested(IEnumerable<Wire.Attributes.Attribute> attributes) => Validate(attributes, Requested());

    /// <summary>Keys of providers.</summary>
    public static void ValidateOffered(IEnumerable<Wire.Attributes.Attribute> attributes) => Validate(attributes, Offered());

    private static void Validate(IEnumerable<Wire.Attributes.Attribute> attributes, Regex keys)
    {
        var seen = new HashSet<string>();
        foreach (var attribute in attributes)
        {
            if (!keys.IsMatch(attribute.Key)) throw SharedErrors.InvalidAttributeKey.Exception();
            if (!seen.Add(attribute.Key)) throw SharedErrors.DuplicateAttributeKeys.Exception();
        }
    }

    [GeneratedRegex(@"\A[a-zA-Z][0-9A-Za-z_/.\-]{1,126}[0-9A-Za-z_*]?\z", RegexOptions.CultureInvariant)]
    private static partial Regex Requested();

    [GeneratedRegex(@"\A[a-zA-Z][0-9A-Za-z_/.\-]{1,126}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Offered();
}
