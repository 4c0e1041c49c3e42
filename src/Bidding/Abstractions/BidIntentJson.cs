using System.Text.Json;
using System.Text.Json.Serialization;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Bidding;

/// <summary>The stored form of a <see cref="BidIntent"/>, for whoever implements <see cref="IBidJournal"/>.</summary>
public static class BidIntentJson
{
    private const int Schema = 1;

    public static string Write(BidIntent intent)
    {
        var form = intent switch
        {
            BidIntent.Place place => new BidIntentForm(
                Schema, "place", place.Bid.ToString(), place.Price.Amount.ToString(), place.Price.Denom.Value, place.Price.Per.ToString(), place.Deposit.ToString(), place.ReclaimWindow?.Ticks),
            BidIntent.TakeBack => new(Schema, "take_back", intent.Bid.ToString(), null, null, null, null, null),
            _ => throw new InvalidOperationException($"unknown intent {intent.GetType().Name}"),
        };
        return JsonSerializer.Serialize(form, BidIntentJsonContext.Default.BidIntentForm);
    }

    /// <exception cref="FormatException">The text is damaged or was written by a version that this one does not know.</exception>
    public static BidIntent Read(string json)
    {
        BidIntentForm? form;
        try
        {
            form = JsonSerializer.Deserialize(json, BidIntentJsonContext.Default.BidIntentForm);
        }
        catch (JsonException e)
        {
            throw new FormatException("the stored bid intent is not JSON of the expected form", e);
        }

        if (form is not { Schema: Schema, Bid: { } bid }) throw new FormatException($"the stored bid intent has schema {form?.Schema}, expected {Schema}, or names no bid");
        return form switch
        {
            { Kind: "take_back" } => new BidIntent.TakeBack(BidId.Parse(bid)),
            { Kind: "place", Amount: { } amount, Denom: { } denom, Per: { } per, Deposit: { } deposit } => new BidIntent.Place(
                BidId.Parse(bid),
                new(Decimal18.Parse(amount), Denom.Parse(denom), ParseBase(per)),
                Coin.Parse(deposit),
                form.ReclaimTicks is { } ticks ? TimeSpan.FromTicks(ticks) : null),
            _ => throw new FormatException($"the stored bid intent is of unknown kind '{form.Kind}' or incomplete"),
        };
    }

    private static TimeBase ParseBase(string text) =>
        Enum.TryParse<TimeBase>(text, out var span) && Enum.IsDefined(span) ? span : throw new FormatException("the stored bid intent has an unknown time base");
}

internal sealed record BidIntentForm(int Schema, string? Kind, string? Bid, string? Amount, string? Denom, string? Per, string? Deposit, long? ReclaimTicks);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(BidIntentForm))]
internal sealed partial class BidIntentJsonContext : JsonSerializerContext;
