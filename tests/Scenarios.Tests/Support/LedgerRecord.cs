using System.Globalization;
using System.Numerics;
using System.Text.Json.Nodes;
using Google.Protobuf;
using Microsoft.Data.Sqlite;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Scenarios.Tests.Support;

/// <summary>What a daemon's ledger holds, read from its file as an auditor would: no code of the daemon has a say in it.</summary>
internal sealed class LedgerRecord : IDisposable
{
    private readonly SqliteConnection _file;

    public LedgerRecord(string stateFolder)
    {
        _file = new($"Data Source={Path.Combine(stateFolder, "ledger.db")};Mode=ReadOnly;Pooling=False");
        _file.Open();
    }

    /// <summary>Reason and result of each decided order.</summary>
    public IReadOnlyDictionary<OrderId, LedgerDecision> Decisions() =>
        Read("SELECT order_id, result, reason, detail, inputs FROM decision", row => new LedgerDecision(OrderId.Parse(row.GetString(0)), row.GetString(1) == "Bid", row.GetString(2), row.GetString(3), row.GetString(4)))
            .ToDictionary(decision => decision.Order);

    /// <summary>Orders that are kept for replay, with their winners.</summary>
    public IReadOnlyDictionary<OrderId, string?> SeenOrders() =>
        Read("SELECT order_id, winner FROM seen_order", row => (Order: OrderId.Parse(row.GetString(0)), Winner: row.IsDBNull(1) ? null : row.GetString(1))).ToDictionary(row => row.Order, row => row.Winner);

    /// <summary>Fees of every transaction that came into a block, in uakt.</summary>
    public long Fees() => Read("SELECT body, outcome FROM outbox", row => (Body: row.GetFieldValue<byte[]>(0), Outcome: row.IsDBNull(1) ? "" : row.GetString(1)))
        .Where(row => row.Outcome.Contains("Included", StringComparison.Ordinal) || row.Outcome.Contains("Failed", StringComparison.Ordinal))
        .Sum(row => FeeOf(row.Body));

    /// <summary>The deposit of every bid that was placed; a bid is there once however often it was tried.</summary>
    public IReadOnlyDictionary<BidId, Coin> Deposits() => Read("SELECT subject, body, outcome FROM intent WHERE kind = 'bid'", row => (Bid: BidId.Parse(row.GetString(0)), Body: JsonNode.Parse(row.GetString(1))!, Outcome: row.IsDBNull(2) ? "" : row.GetString(2)))
        .Where(row => row.Body["kind"]!.ToString() == "place" && (row.Outcome.Contains("Done", StringComparison.Ordinal) || row.Outcome.Contains("Found", StringComparison.Ordinal)))
        .DistinctBy(row => row.Bid)
        .ToDictionary(row => row.Bid, row => Coin.Parse(row.Body["deposit"]!.ToString()));

    /// <summary>Bids that this provider set out to close itself.</summary>
    public int CountTakenBack() => Read("SELECT body FROM intent WHERE kind = 'bid'", row => JsonNode.Parse(row.GetString(0))!["kind"]!.ToString()).Count(kind => kind != "place");

    /// <summary>Income of all leases in a coin.</summary>
    public BigInteger Income(string denom) => Read($"SELECT delta FROM settlement WHERE denom = '{denom}'", row => (BigInteger)row.GetInt64(0)).Aggregate(BigInteger.Zero, BigInteger.Add);

    public void Dispose() => _file.Dispose();

    private List<T> Read<T>(string query, Func<SqliteDataReader, T> read)
    {
        using var command = _file.CreateCommand();
        command.CommandText = query;
        using var rows = command.ExecuteReader();
        var all = new List<T>();
        while (rows.Read()) all.Add(read(rows));
        return all;
    }

    // TxRaw.auth_info_bytes = 2, AuthInfo.fee = 2, Fee.amount = 1, Coin.amount = 2
    private static long FeeOf(byte[] transaction) =>
        Field(transaction, 2).SelectMany(auth => Field(auth, 2)).SelectMany(fee => Field(fee, 1)).SelectMany(coin => Field(coin, 2)).Sum(amount => long.Parse(System.Text.Encoding.ASCII.GetString(amount), CultureInfo.InvariantCulture));

    private static List<byte[]> Field(byte[] message, int number)
    {
        var found = new List<byte[]>();
        using var reader = new CodedInputStream(message);
        while (reader.ReadTag() is var tag and not 0)
        {
            if (tag == WireFormat.MakeTag(number, WireFormat.WireType.LengthDelimited)) found.Add(reader.ReadBytes().ToByteArray());
            else reader.SkipLastField();
        }

        return found;
    }
}

internal sealed record LedgerDecision(OrderId Order, bool IsBid, string Reason, string Detail, string Inputs);
