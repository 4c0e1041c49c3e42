using System.Globalization;
using System.Text.Json;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Gateway;

/// <summary>Reads the payload of a token. A value of a wrong type makes the token malformed; an absent one is for the checks to judge.</summary>
internal sealed class ClaimsReader(IAccountFormat format)
{
    /// <summary>Null when the payload is malformed.</summary>
    public JwtClaims? TryRead(ReadOnlyMemory<byte> payload)
    {
        try
        {
            using var json = JsonDocument.Parse(payload);
            var root = json.RootElement;
            return root.ValueKind == JsonValueKind.Object
                ? new(
                    Text(root, "iss") is { } issuer && format.IsAccount(issuer) && AccountAddress.TryParse(issuer, out var account) ? account : null,
                    Seconds(root, "iat"),
                    Seconds(root, "nbf"),
                    Seconds(root, "exp"),
                    Text(root, "version"),
                    Find(root, "leases") is { } leases ? ReadLeases(leases) : null)
                : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException) // the second: a wrong type, or text that is not UTF-8
        {
            return null;
        }
    }

    private LeaseClaims ReadLeases(JsonElement leases) =>
        new(Text(leases, "access") ?? "", Texts(leases, "scope"), List(leases, "permissions", ReadProvider));

    private ProviderClaims ReadProvider(JsonElement permission)
    {
        AccountAddress? provider = null;
        if (Text(permission, "provider") is { Length: > 0 } text)
        {
            provider = format.IsAccount(text) && AccountAddress.TryParse(text, out var account) ? account : throw new FormatException("the provider is not an account");
        }

        return new(provider, Text(permission, "access") ?? "", Texts(permission, "scope"), List(permission, "deployments", ReadDeployment));
    }

    private static DeploymentClaims ReadDeployment(JsonElement deployment) => new(
        Find(deployment, "dseq")?.GetUInt64() ?? 0,
        Find(deployment, "gseq")?.GetUInt32() ?? 0,
        Find(deployment, "oseq")?.GetUInt32() ?? 0,
        Texts(deployment, "scope"),
        Texts(deployment, "services"));

    private static JsonElement? Find(JsonElement parent, string name) =>
        parent.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    private static string? Text(JsonElement parent, string name) => Find(parent, name)?.GetString();

    /// <summary>A number, also a fraction, also in quotes: what the common Go library takes.</summary>
    private static double? Seconds(JsonElement parent, string name)
    {
        if (Find(parent, name) is not { } value) return null;
        return value.ValueKind == JsonValueKind.String
            ? double.Parse(value.GetString() ?? "", NumberStyles.Float, CultureInfo.InvariantCulture)
            : value.GetDouble();
    }

    private static ValueList<string>? Texts(JsonElement parent, string name) =>
        List(parent, name, static item => item.GetString() ?? throw new FormatException("null in a list of names"));

    private static ValueList<T>? List<T>(JsonElement parent, string name, Func<JsonElement, T> read) =>
        Find(parent, name) is { } list ? list.EnumerateArray().Select(read).ToValueList() : null;
}
