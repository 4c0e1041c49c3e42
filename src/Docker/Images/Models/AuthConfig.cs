using System.Text.Json.Serialization;

namespace ProviderAgent.Docker.Models;

/// <summary>Credentials for one registry. They are sent to the engine in a header and never logged; messages that echo them are cleaned.</summary>
public sealed class AuthConfig
{
    [JsonPropertyName("username")]
    public string? Username { get; set; }

    [JsonPropertyName("password")]
    public string? Password { get; set; }

    [JsonPropertyName("email")]
    public string? Email { get; set; }

    [JsonPropertyName("serveraddress")]
    public string? ServerAddress { get; set; }

    /// <summary>Instead of a password: a refresh token of the registry.</summary>
    [JsonPropertyName("identitytoken")]
    public string? IdentityToken { get; set; }

    /// <summary>Instead of a password: a bearer token.</summary>
    [JsonPropertyName("registrytoken")]
    public string? RegistryToken { get; set; }

    /// <summary>Names the registry and the user only.</summary>
    public override string ToString() => $"credentials of '{Username}' for {ServerAddress ?? "any registry"}";
}
