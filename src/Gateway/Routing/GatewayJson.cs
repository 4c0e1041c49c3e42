using System.Text.Json.Serialization;

namespace ProviderAgent.Gateway;

internal sealed record MessageAnswer([property: JsonPropertyName("message")] string Message);

/// <summary>Every JSON that the gateway writes, made at compile time.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(MessageAnswer))]
[JsonSerializable(typeof(VersionAnswer))]
[JsonSerializable(typeof(AddressAnswer))]
[JsonSerializable(typeof(StatusAnswer))]
[JsonSerializable(typeof(LeaseStatusAnswer))]
[JsonSerializable(typeof(ServiceAnswer))]
[JsonSerializable(typeof(MigrateHostNamesBody))]
[JsonSerializable(typeof(MigrateHostNamesAnswer))]
internal sealed partial class GatewayJson : JsonSerializerContext;
