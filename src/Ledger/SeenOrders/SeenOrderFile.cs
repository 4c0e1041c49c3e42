using Microsoft.Data.Sqlite;

namespace ProviderAgent.Ledger;

/// <summary>Reads seen orders beside a running daemon: without its lock, and without changing anything.</summary>
public sealed class SeenOrderFile : IDisposable
{
    private const int Page = 2000;

    private readonly SqlSession _session;
    private readonly string _file;

    private SeenOrderFile(SqlSession session, string file) => (_session, _file) = (session, file);

    /// <summary>Rows that could not be read and were left out.</summary>
    public int Damaged { get; private set; }

    /// <summary>Opens the ledger of a state directory.</summary>
    /// <exception cref="LedgerUnavailableException">There is none, or it cannot be read.</exception>
    public static SeenOrderFile Open(string directory)
    {
        var file = new LedgerFiles(Path.GetFullPath(directory)).Database;
        if (!File.Exists(file)) throw new LedgerUnavailableException($"{file} does not exist: no daemon has run with this state directory", isTransient: false, inner: null);
        try
        {
            return new(SqlSession.OpenReader(file), file);
        }
        catch (SqliteException error)
        {
            throw StorageFaults.Explain(error, file);
        }
    }

    /// <summary>Orders of a stretch of time in the order in which they were seen, a page at a time.</summary>
    /// <exception cref="LedgerUnavailableException">The storage failed.</exception>
    public IEnumerable<StoredOrder> Read(DateTimeOffset from, DateTimeOffset to)
    {
        long after = 0;
        while (true)
        {
            var (orders, next) = ReadPage(after, from, to);
            foreach (var order in orders) yield return order;
            if (next is not { } last) yield break;
            after = last;
        }
    }

    public void Dispose() => _session.Dispose();

    private (List<StoredOrder> Orders, long? Next) ReadPage(long after, DateTimeOffset from, DateTimeOffset to)
    {
        var orders = new List<StoredOrder>(Page);
        long? next = null;
        try
        {
            _session.Visit(
                "SELECT order_id, seen_at, body, winner, price, id FROM seen_order " + SeenOrderStore.PageClause,
                row =>
                {
                    next = row.Integer(5);
                    try
                    {
                        orders.Add(SeenOrderStore.Read(row).Order);
                    }
                    catch (DamagedRowException)
                    {
                        Damaged++;
                    }

                    return true;
                },
                after,
                from.ToMs(),
                to.ToMs(),
                Page);
        }
        catch (SqliteException error)
        {
            throw StorageFaults.Explain(error, _file);
        }

        return (orders, next);
    }
}
