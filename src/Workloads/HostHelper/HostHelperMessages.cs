using System.Text.Json.Serialization;

namespace ProviderAgent.Workloads;

/// <summary>What the daemon may ask the host helper for: one line of JSON, answered by one line, then the connection ends.</summary>
/// <param name="Verb">Name of an <see cref="IHostHelperVerb"/>.</param>
public sealed record HostHelperRequest(string Verb)
{
    /// <summary>Longest request or answer in bytes: enough for every subnet of the largest pool.</summary>
    public const int MaxBytes = 256 * 1024;

    /// <summary>Arguments of <see cref="GuardVerb"/>.</summary>
    public GuardArguments? Guard { get; init; }

    /// <summary>Arguments of the verbs of <see cref="DiskVerbs"/>.</summary>
    public DiskArguments? Disk { get; init; }
}

/// <param name="Bridges">Bridges of the leases; checked again by the helper.</param>
/// <param name="Resolvers">IPv4 addresses of private name servers.</param>
/// <param name="AllowMail">Whether tenants may reach mail ports.</param>
public sealed record GuardArguments(IReadOnlyList<string> Bridges, IReadOnlyList<string> Resolvers, bool AllowMail);

/// <param name="Error">Why it was not done, and what to do; null when it was done.</param>
public sealed record HostHelperAnswer(string? Error)
{
    public static HostHelperAnswer Done { get; } = new((string?)null);

    /// <summary>What the verbs of <see cref="DiskVerbs"/> found.</summary>
    public DiskAnswer? Disk { get; init; }
}

/// <summary>The host helper cannot be reached, or refused. The message says why and what to do.</summary>
public sealed class HostHelperException(string message, Exception? inner = null) : Exception(message, inner);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(HostHelperRequest))]
[JsonSerializable(typeof(HostHelperAnswer))]
internal sealed partial class HostHelperJson : JsonSerializerContext;
