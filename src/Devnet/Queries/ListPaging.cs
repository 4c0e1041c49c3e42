using Google.Protobuf;
using WirePage = ProviderAgent.Chain.Wire.Base.Query.PageRequest;
using WirePageResult = ProviderAgent.Chain.Wire.Base.Query.PageResponse;

namespace ProviderAgent.Devnet.Queries;

/// <summary>Lists without states, as the framework's own queries page through them: the key is the first id of the page.</summary>
internal static class ListPaging
{
    private const ulong DefaultLimit = 100;

    /// <param name="request">The client's wish; null for the first page.</param>
    /// <param name="rows">All rows, in order.</param>
    /// <param name="textOf">Names a row within the list.</param>
    public static Page<TRow> Read<TRow>(WirePage? request, IEnumerable<TRow> rows, Func<TRow, string> textOf)
    {
        request ??= new();
        var all = request.Reverse ? [.. rows.Reverse()] : rows.ToArray();
        var start = request.Key.IsEmpty
            ? (int)Math.Min(request.Offset, (ulong)all.Length)
            : Array.FindIndex(all, row => textOf(row) == request.Key.ToStringUtf8());
        if (start < 0) throw QueryException.InvalidArgument("invalid pagination key");
        var limit = (int)Math.Min(request.Limit == 0 ? DefaultLimit : request.Limit, (ulong)(all.Length - start));
        var next = start + limit < all.Length ? ByteString.CopyFromUtf8(textOf(all[start + limit])) : ByteString.Empty;
        var total = request.CountTotal || (request.Key.IsEmpty && request.Limit == 0) ? (ulong)all.Length : 0;
        return new(all[start..(start + limit)], new WirePageResult { NextKey = next, Total = total });
    }
}
