using System.Text;
using System.Text.Json;

namespace ProviderAgent.Ledger;

/// <summary>JSON bodies whose shape belongs to other rooms: here they only have to be one document of bounded size.</summary>
internal static class LedgerJson
{
    /// <summary>Longest accepted body, in characters. The largest real ones (inputs of a decision on a big group) stay below 100 000.</summary>
    public const int MaxLength = 1 << 20;

    private const int MaxDepth = 64;

    public static bool IsDocument(string text)
    {
        if (text.Length > MaxLength) return false;
        var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(text), new JsonReaderOptions { MaxDepth = MaxDepth });
        try
        {
            while (reader.Read())
            {
            }

            return reader.BytesConsumed > 0;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    /// <exception cref="ArgumentException">The text is not one JSON document of at most <see cref="MaxLength"/> characters.</exception>
    public static string Checked(string text, string parameter) =>
        IsDocument(text) ? text : throw new ArgumentException($"must be one JSON document of at most {MaxLength} characters", parameter);
}
