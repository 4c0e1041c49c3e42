using System.Text.Json.Serialization;

namespace ProviderAgent.Adapters;

/// <param name="Generation">Accepted manifests so far.</param>
/// <param name="Good">Hash of the manifest to come back to; null when there is none.</param>
/// <param name="Failed">Hash of a manifest that did not stay up; null when none failed.</param>
internal sealed record LeaseExtra(int Generation, string? Good = null, string? Failed = null);

/// <summary>How an intent or a transaction ended, as the ledger keeps it.</summary>
/// <param name="Result">Name from the acting room's closed set.</param>
/// <param name="Reference">Transaction or height; null when there is none.</param>
/// <param name="Detail">For people.</param>
internal sealed record OutcomeText(string Result, string? Reference, string Detail);

/// <param name="Before">The market's total before the withdrawal.</param>
/// <param name="Reason">Why, for people.</param>
internal sealed record WithdrawalText(string Before, string Reason);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(LeaseExtra))]
[JsonSerializable(typeof(OutcomeText))]
[JsonSerializable(typeof(WithdrawalText))]
internal sealed partial class AdapterJson : JsonSerializerContext;
