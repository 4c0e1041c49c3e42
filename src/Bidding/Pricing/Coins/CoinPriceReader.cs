using System.Text;
using System.Text.Json;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Bidding;

/// <summary>Reads a price from one place.</summary>
internal static class CoinPriceReader
{
    private const int MaxBytes = 64 * 1024;

    // No coin of this market was ever worth a thousandth of this.
    private const decimal MaxUsd = 1_000_000m;

    /// <returns>The price, or what was wrong.</returns>
    public static async Task<(Decimal18? Price, string Problem)> ReadAsync(HttpClient http, CoinPriceSourceOptions source, CancellationToken ct)
    {
        if (source.Url is not { } url) return (null, "it has no address");
        try
        {
            using var answer = await http.GetAsync(url, HttpCompletionOption.ResponseHeadersRead, ct);
            if (!answer.IsSuccessStatusCode) return (null, $"it answers {(int)answer.StatusCode}");
            return await SmallBody.ReadAsync(answer, MaxBytes, ct) is { } body ? Find(body, source.Path) : (null, $"it answers with more than {MaxBytes} bytes");
        }
        catch (Exception error) when (error is HttpRequestException or IOException)
        {
            return (null, error.Message);
        }
    }

    /// <summary>Finds the number in an answer.</summary>
    public static (Decimal18? Price, string Problem) Find(ReadOnlyMemory<byte> body, string path)
    {
        var text = path.Length == 0 ? Encoding.UTF8.GetString(body.Span).Trim() : TextAt(body, path);
        if (text is null) return (null, $"there is no number at '{path}' in its answer");
        return Exact.TryReadPositive(text, MaxUsd, out var price) ? (price, "") : (null, $"'{HookAnswer.Shown(text)}' is not a price");
    }

    /// <summary>Steps of a path such as <c>data[0].price</c>; null when it makes no sense.</summary>
    public static string[]? Steps(string path)
    {
        var steps = path.Replace("[", ".", StringComparison.Ordinal).Replace("]", "", StringComparison.Ordinal).Split('.');
        return steps.Length <= 16 && steps.All(step => step.Length > 0) ? steps : null;
    }

    private static string? TextAt(ReadOnlyMemory<byte> body, string path)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            var element = document.RootElement;
            foreach (var step in Steps(path) ?? [])
            {
                if (element.ValueKind == JsonValueKind.Object && element.TryGetProperty(step, out var member)) element = member;
                else if (element.ValueKind == JsonValueKind.Array && int.TryParse(step, out var index) && index >= 0 && index < element.GetArrayLength()) element = element[index];
                else return null;
            }

            return element.ValueKind switch
            {
                JsonValueKind.Number => element.GetRawText(),
                JsonValueKind.String => element.GetString(),
                _ => null,
            };
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
