using System.Text.Json.Serialization;

namespace ProviderAgent.Cli.Verbs.Pricing;

/// <param name="Schema">Version of this document.</param>
/// <param name="Files">Each file that was named.</param>
/// <param name="Warnings">What should be known of the settings though they can be used.</param>
internal sealed record PriceReport(int Schema, IReadOnlyList<PricedFile> Files, IReadOnlyList<string> Warnings);

/// <param name="File">The file as it was named.</param>
/// <param name="Groups">Its groups; empty when it cannot be read.</param>
/// <param name="Errors">Why it cannot be read.</param>
internal sealed record PricedFile(string File, IReadOnlyList<PricedGroup> Groups, IReadOnlyList<SdlError> Errors);

/// <param name="Line">From 1; 0 when the mistake has no place.</param>
/// <param name="Column">From 1; 0 when the mistake has no place.</param>
/// <param name="Field">The field; empty for the file as a whole.</param>
/// <param name="Message">What is wrong and what would be right.</param>
internal sealed record SdlError(int Line, int Column, string Field, string Message);

/// <param name="Name">Name of the group.</param>
/// <param name="Decision">bid or decline.</param>
/// <param name="Reason">Why there is no bid; null when there is.</param>
/// <param name="Detail">The reason in words; null when there is a bid.</param>
/// <param name="Price">Per block for the whole group; null when there is none.</param>
/// <param name="Limit">What the tenant pays at most, per block.</param>
/// <param name="UsdPerMonth">The price before conversion and rounding; null when not known.</param>
/// <param name="LineUnit">What the amounts of the lines are.</param>
/// <param name="Lines">What the price is made of.</param>
internal sealed record PricedGroup(
    string Name, string Decision, string? Reason, string? Detail, PriceAmount? Price, PriceAmount Limit, string? UsdPerMonth, string? LineUnit, IReadOnlyList<PricedLine> Lines);

/// <param name="Denom">The coin.</param>
/// <param name="Amount">How many of its smallest unit per block.</param>
internal sealed record PriceAmount(string Denom, string Amount);

/// <param name="Item">What is sold, or the rule that changed the price.</param>
/// <param name="Quantity">How much of it.</param>
/// <param name="UnitPrice">For one.</param>
/// <param name="Amount">For all.</param>
internal sealed record PricedLine(string Item, string Quantity, string UnitPrice, string Amount);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
[JsonSerializable(typeof(PriceReport))]
internal sealed partial class PriceJson : JsonSerializerContext;
