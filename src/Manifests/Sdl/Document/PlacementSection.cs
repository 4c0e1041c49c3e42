using System.Globalization;
using System.Text.RegularExpressions;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Manifests;

/// <summary>Reads one entry of <c>profiles.placement</c>.</summary>
internal static partial class PlacementSection
{
    public static SdlPlacement Read(SdlField field)
    {
        var map = field.Map("attributes", "signedBy", "pricing");
        var attributes = map.Has("attributes", out var value) ? ReadAttributes(value) : [];
        ValueList<AccountAddress> all = [];
        ValueList<AccountAddress> any = [];
        if (map.Has("signedBy", out value))
        {
            var signers = value.Map("allOf", "anyOf");
            if (signers.Has("allOf", out var list)) all = ReadAccounts(list);
            if (signers.Has("anyOf", out list)) any = ReadAccounts(list);
        }

        var pricing = map.Require("pricing", "{web: {denom: uact, amount: 1000}}", out value) ? SdlDocumentReader.ReadEach(value, ReadPrice) : [];
        return new(field, attributes, all, any, pricing);
    }

    private static ValueList<MarketAttribute> ReadAttributes(SdlField section)
    {
        var attributes = new List<MarketAttribute>();
        foreach (var (key, field) in section.Map().Members)
        {
            if (!AttributeKeys.IsValid(key)) field.Fail("an attribute name is a letter, then letters, digits and any of -._/, 2 to 128 in all; rename it");
            else attributes.Add(new(key, ReadValue(field)));
        }

        attributes.Sort(static (left, right) => AttributeKeys.Compare(left.Key, right.Key));
        return [.. attributes];
    }

    private static string ReadValue(SdlField field)
    {
        // Numbers and true/false stand for their text, as long as there is only one way to write them.
        if (field.Node is { Kind: YamlKind.Scalar } node)
        {
            if (node.Scalar == YamlScalar.Boolean) return field.Boolean() ? "true" : "false";
            if (node.Scalar is YamlScalar.Integer or YamlScalar.Number && PlainNumber().IsMatch(node.Text)) return node.Text;
        }

        return field.Text();
    }

    private static ValueList<AccountAddress> ReadAccounts(SdlField list)
    {
        var accounts = new List<AccountAddress>();
        foreach (var field in list.List())
        {
            if (AccountAddress.TryParse(field.Text(), out var account)) accounts.Add(account);
            else if (field.Node is { Kind: YamlKind.Scalar, Scalar: YamlScalar.Text }) field.Fail("must be the account address of an auditor such as akash1…");
        }

        return [.. accounts];
    }

    private static SdlPrice ReadPrice(SdlField field)
    {
        var map = field.Map("denom", "amount");
        var denom = map.Require("denom", "uact", out var value) ? value.OneOf("uact", "uakt") : "uact";
        var amount = Decimal18.One;
        if (map.Require("amount", "1000", out value))
        {
            var text = value.Node.Kind == YamlKind.Scalar ? value.Node.Text : "";
            if (!Price().IsMatch(text) || !Decimal18.TryParse(text, out amount) || amount.Sign <= 0 || amount > MarketLimits.MaxUnitPrice)
            {
                value.Fail(string.Create(CultureInfo.InvariantCulture, $"must be a decimal number above 0, at most {MarketLimits.MaxUnitPrice}, with at most 18 fraction digits; is {value.Node.Describe()}"));
                amount = Decimal18.One;
            }
        }

        return new(field, amount, Denom.Parse(denom));
    }

    // Digits without leading zero, and a fraction that does not end in one.
    [GeneratedRegex("^-?(0|[1-9][0-9]{0,14})(\\.[0-9]{0,5}[1-9])?\\z", RegexOptions.NonBacktracking)]
    private static partial Regex PlainNumber();

    [GeneratedRegex("^[0-9]{1,20}(\\.[0-9]+)?\\z", RegexOptions.NonBacktracking)]
    private static partial Regex Price();
}
