using System.Text;
using System.Text.Json;
using Microsoft.Data.Sqlite;

namespace ProviderAgent.Ledger;

/// <summary>Typed, strict reading of one result row.</summary>
/// <remarks>Each getter throws <see cref="DamagedRowException"/> when the value does not have the form it was written in.</remarks>
internal readonly struct LedgerRow(SqliteDataReader reader)
{
    // What a TimeSpan can hold: a bit over 29 000 years.
    private const long MaxDurationMs = long.MaxValue / TimeSpan.TicksPerMillisecond;

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public int ColumnCount => reader.FieldCount;

    public string ColumnName(int column) => reader.GetName(column);

    public bool IsNull(int column) => reader.IsDBNull(column);

    public long Integer(int column) => IsNull(column) ? throw Damage(column, "is missing") : reader.GetInt64(column);

    public long? OptionalInteger(int column) => IsNull(column) ? null : Integer(column);

    public int SmallInteger(int column) => Integer(column) is >= int.MinValue and <= int.MaxValue and var value ? (int)value : throw Damage(column, "is out of range");

    public byte[] Bytes(int column) => IsNull(column) ? throw Damage(column, "is missing") : reader.GetFieldValue<byte[]>(column);

    /// <summary>Text, valid as UTF-8.</summary>
    public string Text(int column)
    {
        try
        {
            return StrictUtf8.GetString(Bytes(column));
        }
        catch (DecoderFallbackException)
        {
            throw Damage(column, "is not valid UTF-8");
        }
    }

    public string? OptionalText(int column) => IsNull(column) ? null : Text(column);

    /// <summary>Text that is one JSON document.</summary>
    public string Json(int column)
    {
        var text = Text(column);
        return LedgerJson.IsDocument(text) ? text : throw Damage(column, "is not JSON");
    }

    public string? OptionalJson(int column) => IsNull(column) ? null : Json(column);

    public DateTimeOffset Time(int column)
    {
        var value = Integer(column);
        return LedgerTime.TryRead(value, out var time) ? time : throw Damage(column, "is not a time");
    }

    public DateTimeOffset? OptionalTime(int column) => IsNull(column) ? null : Time(column);

    /// <summary>A length of time, stored as whole milliseconds, not negative.</summary>
    public TimeSpan Duration(int column) =>
        Integer(column) is >= 0 and <= MaxDurationMs and var ms ? TimeSpan.FromMilliseconds(ms) : throw Damage(column, "is not a length of time");

    public MarketTick? OptionalTick(int column) => IsNull(column) ? null : new MarketTick(Integer(column));

    public TEnum Name<TEnum>(int column)
        where TEnum : struct, Enum =>
        LedgerNames.TryParse<TEnum>(Text(column), out var value) ? value : throw Damage(column, $"is not a {typeof(TEnum).Name}");

    public LeaseId Lease(int column) => LeaseId.TryParse(Text(column), out var id) ? id : throw Damage(column, "is not a lease id");

    public OrderId Order(int column) => OrderId.TryParse(Text(column), out var id) ? id : throw Damage(column, "is not an order id");

    public Denom Denom(int column) => Marketplace.Denom.TryParse(Text(column), out var denom) ? denom : throw Damage(column, "is not a coin unit");

    public Decimal18 Decimal(int column) => Decimal18.TryParse(Text(column), out var value) ? value : throw Damage(column, "is not a decimal number");

    public ManifestHash Hash(int column) => ManifestHash.TryParse(Text(column), out var hash) ? hash : throw Damage(column, "is not a manifest hash");

    public ManifestHash? OptionalHash(int column) => IsNull(column) ? null : Hash(column);

    /// <summary>The whole row as JSON, with every byte kept: text as text, blobs and broken text as base64.</summary>
    /// <param name="from">First column to take.</param>
    public string Dump(int from)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            for (var column = from; column < ColumnCount; column++) Dump(json, column);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.ToArray());
    }

    private void Dump(Utf8JsonWriter json, int column)
    {
        json.WritePropertyName(ColumnName(column));
        if (IsNull(column)) json.WriteNullValue();
        else if (reader.GetFieldType(column) == typeof(long)) json.WriteNumberValue(reader.GetInt64(column));
        else if (reader.GetFieldType(column) == typeof(string) && TryText(column) is { } text) json.WriteStringValue(text);
        else
        {
            json.WriteStartObject();
            json.WriteBase64String("base64", reader.GetFieldValue<byte[]>(column));
            json.WriteEndObject();
        }
    }

    private string? TryText(int column)
    {
        try
        {
            return Text(column);
        }
        catch (DamagedRowException)
        {
            return null;
        }
    }

    private DamagedRowException Damage(int column, string what) => new($"{ColumnName(column)} {what}");
}
