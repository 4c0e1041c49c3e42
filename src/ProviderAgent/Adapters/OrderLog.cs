using System.Runtime.CompilerServices;
using ProviderAgent.Bidding;
using ProviderAgent.Ledger;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Adapters;

/// <summary>Keeps seen orders in the ledger.</summary>
internal sealed class OrderLog(LedgerDatabase ledger) : IOrderLog
{
    private const int Page = 1000;

    public Task RecordAsync(RecordedOrder order, CancellationToken ct) =>
        Guarded(() => ledger.SeenOrders.PutAsync(order.Order, order.SeenAt, OrderCodec.Write(order.Group, order.MinReclaimWindow, order.Akt), ct));

    public Task NoteLeaseAsync(OrderId order, AccountAddress provider, Rate price, CancellationToken ct) =>
        Guarded(() => ledger.SeenOrders.NoteLeaseAsync(order, provider, RateText.Write(price), ct));

    public async IAsyncEnumerable<RecordedOrder> ReadAsync(DateTimeOffset from, DateTimeOffset to, [EnumeratorCancellation] CancellationToken ct)
    {
        long? after = 0;
        while (after is { } last)
        {
            IReadOnlyList<StoredOrder> orders = [];
            await Guarded(async () => (orders, after) = await ledger.SeenOrders.ListAsync(last, from, to, Page, ct));
            foreach (var order in orders)
            {
                if (TryRead(order) is { } read) yield return read;
            }
        }
    }

    /// <summary>Null for a body that is damaged.</summary>
    public static RecordedOrder? TryRead(StoredOrder stored)
    {
        try
        {
            var (group, reclaim, akt) = OrderCodec.Read(stored.Body);
            AccountAddress? winner = stored.Winner is { } name && AccountAddress.TryParse(name, out var account) ? account : null;
            return new(stored.Order, stored.SeenAt, group, reclaim, akt, winner, stored.Price is { } price && RateText.TryRead(price, out var rate) ? rate : null);
        }
        catch (FormatException)
        {
            return null;
        }
    }

    private static async Task Guarded(Func<Task> call)
    {
        try
        {
            await call();
        }
        catch (LedgerException error)
        {
            throw new BidStoreUnavailableException(error.Message, error);
        }
    }
}

/// <summary>A rate as text that reads back exactly.</summary>
internal static class RateText
{
    public static string Write(Rate rate) => $"{rate.Amount} {rate.Denom} {rate.Per}";

    public static bool TryRead(string text, out Rate rate)
    {
        rate = default;
        if (text.Split(' ') is not [var amount, var denom, var per]
            || !Decimal18.TryParse(amount, out var number)
            || !Denom.TryParse(denom, out var coin)
            || !Enum.TryParse<TimeBase>(per, out var span)
            || !Enum.IsDefined(span)) return false;
        rate = new(number, coin, span);
        return true;
    }
}

/// <summary>Keeps the last good answers of subscribed lists in the state directory.</summary>
internal sealed class ListArchive(Microsoft.Extensions.Options.IOptions<StateOptions> options) : IListArchive
{
    private string Folder => Path.Combine(options.Value.Directory, "lists");

    public string? Find(string list)
    {
        try
        {
            var file = Path.Combine(Folder, list + ".txt");
            return File.Exists(file) ? File.ReadAllText(file) : null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null; // as if it was never kept: the address is asked
        }
    }

    public void Put(string list, string text)
    {
        try
        {
            Directory.CreateDirectory(Folder);
            var file = Path.Combine(Folder, list + ".txt");
            File.WriteAllText(file + ".new", text);
            File.Move(file + ".new", file, overwrite: true); // never half a list
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // The list in memory holds all the same; only a restart has to ask again.
        }
    }
}
