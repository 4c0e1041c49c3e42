using System.Text.Json.Serialization;

namespace ProviderAgent.Workloads;

/// <summary>What the daemon may ask the host helper for: one line of JSON, answered by one line, then the connection ends.</summary>
/// <param name="Verb">Only <see cref="ApplyGuard"/> is known.</param>
/// <param name="Bridges">Bridges of the leases; checked again by the helper.</param>
/// <param name="Resolvers">IPv4 addresses of private name servers.</param>
/// <param name="AllowMail">Whether tenants may reach mail ports.</param>
public sealed record HostHelperRequest(string Verb, IReadOnlyList<string> Bridges, IReadOnlyList<string> Resolvers, bool AllowMail)
{
    public const string ApplyGuard = "apply-guard";

    /// <summary>Longest request or answer in bytes: enough for every subnet of the largest pool.</summary>
    public const int MaxBytes = 256 * 1024;
}

/// <param name="Error">Why it was not done; null when it was.</param>
public sealed record HostHelperAnswer(string? Error);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(HostHelperRequest))]
[JsonSerializable(typeof(HostHelperAnswer))]
internal sealed partial class HostHelperJson : JsonSerializerContext;
