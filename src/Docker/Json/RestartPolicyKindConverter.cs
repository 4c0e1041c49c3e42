using System.Text.Json;
using System.Text.Json.Serialization;
using ProviderAgent.Docker.Models;

namespace ProviderAgent.Docker;

/// <summary>The engine's spelling of restart policies; an inspect may also show the empty string, which means no.</summary>
internal sealed class RestartPolicyKindConverter : JsonConverter<RestartPolicyKind>
{
    public override RestartPolicyKind Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.GetString() switch
    {
        "" or null => RestartPolicyKind.Undefined,
        "no" => RestartPolicyKind.No,
        "always" => RestartPolicyKind.Always,
        "on-failure" => RestartPolicyKind.OnFailure,
        "unless-stopped" => RestartPolicyKind.UnlessStopped,
        _ => throw new JsonException("an unknown restart policy"),
    };

    public override void Write(Utf8JsonWriter writer, RestartPolicyKind value, JsonSerializerOptions options) => writer.WriteStringValue(value switch
    {
        RestartPolicyKind.Undefined => "",
        RestartPolicyKind.No => "no",
        RestartPolicyKind.Always => "always",
        RestartPolicyKind.OnFailure => "on-failure",
        RestartPolicyKind.UnlessStopped => "unless-stopped",
        _ => throw new ArgumentOutOfRangeException(nameof(value), value, null),
    });
}
