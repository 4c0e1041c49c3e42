using System.Text.Json;
using ProviderAgent.Docker.Models;

namespace ProviderAgent.Docker;

/// <summary>The X-Registry-Auth header.</summary>
internal static class RegistryAuth
{
    public const string Header = "X-Registry-Auth";

    /// <summary>URL-safe base64 <i>with</i> padding: the engine takes anything else, silently, for no credentials at all.</summary>
    public static string Encode(AuthConfig auth) =>
        Convert.ToBase64String(JsonSerializer.SerializeToUtf8Bytes(auth, DockerJson.Type<AuthConfig>())).Replace('+', '-').Replace('/', '_');
}
