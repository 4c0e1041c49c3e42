using System.Runtime.CompilerServices;
using Google.Protobuf;
using ProviderAgent.Chain.Wire.Base.Query;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Chain.Queries;

/// <summary>Reads a list to its end, page by page.</summary>
internal static class Pages
{
    /// <summary>Entries of one page. A page of orders of usual size has about half a megabyte.</summary>
    public const ulong Size = 500;

    // Half a million pages would be hours of reading: the node lies, or the question is wrong.
    private const int MaxPages = 20_000;

    /// <param name="read">Reads the page that begins at a key; empty for the first.</param>
    /// <param name="entries">Entries of a page.</param>
    /// <param name="next">What the page says about the next.</param>
    /// <param name="ct">Stops reading.</param>
    /// <exception cref="MarketUnavailableException">A page could not be read, or the list does not end. What was given so far is then not the whole list.</exception>
    public static async IAsyncEnumerable<TEntry> ReadAsync<TPage, TEntry>(
        Func<PageRequest, CancellationToken, Task<TPage>> read,
        Func<TPage, IEnumerable<TEntry>> entries,
        Func<TPage, PageResponse?> next,
        [EnumeratorCancellation] CancellationToken ct)
    {
        var key = ByteString.Empty;
        for (var page = 0; page < MaxPages; page++)
        {
            var answer = await read(new PageRequest { Key = key, Limit = Size }, ct);
            foreach (var entry in entries(answer)) yield return entry;
            var following = next(answer)?.NextKey ?? ByteString.Empty;
            if (following.IsEmpty) yield break;
            if (following == key) throw new MarketUnavailableException("an endpoint gives the same page again and again");
            key = following;
        }

        throw new MarketUnavailableException($"a list has not ended after {MaxPages} pages");
    }
}
