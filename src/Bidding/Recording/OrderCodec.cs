using System.Numerics;
using System.Text;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Bidding;

/// <summary>The compact stored form of what an order asks for: about a hundred bytes for a common one. Reading checks everything.</summary>
public static class OrderCodec
{
    private const byte Version = 1;

    // An order that the market took has far fewer; a damaged row must not claim gigabytes.
    private const int MaxItems = 4096;
    private const int MaxText = 4096;

    public static byte[] Write(GroupSpec group, TimeSpan? minReclaim, Decimal18? akt)
    {
        using var buffer = new MemoryStream(160);
        using var writer = new BinaryWriter(buffer, Encoding.UTF8);
        writer.Write(Version);
        writer.Write7BitEncodedInt64(minReclaim?.Ticks ?? -1);
        Write(writer, akt ?? Decimal18.Zero);
        Write(writer, group.Name);
        Write(writer, group.Requirements.Attributes);
        Write(writer, group.Requirements.SignedByAll, address => Write(writer, address.Value));
        Write(writer, group.Requirements.SignedByAny, address => Write(writer, address.Value));
        Write(writer, group.Units, unit => Write(writer, unit));
        writer.Flush();
        return buffer.ToArray();
    }

    /// <exception cref="FormatException">The bytes are damaged, or were written by a version that this one does not know.</exception>
    public static (GroupSpec Group, TimeSpan? MinReclaim, Decimal18? Akt) Read(byte[] bytes)
    {
        try
        {
            using var reader = new BinaryReader(new MemoryStream(bytes, writable: false), Encoding.UTF8);
            if (reader.ReadByte() is var version && version != Version) throw new FormatException($"a recorded order has form {version}, expected {Version}");
            var reclaim = reader.Read7BitEncodedInt64();
            var akt = ReadDecimal(reader);
            var name = ReadText(reader);
            PlacementRequirements wants = new(ReadAttributes(reader), ReadList(reader, ReadAddress), ReadList(reader, ReadAddress));
            var group = new GroupSpec(name, wants, ReadList(reader, ReadUnit));
            return (group, reclaim < 0 ? null : TimeSpan.FromTicks(reclaim), akt.Sign > 0 ? akt : null);
        }
        catch (Exception error) when (error is IOException or ArgumentException or OverflowException)
        {
            throw new FormatException("a recorded order is damaged", error);
        }
    }

    private static void Write(BinaryWriter writer, ResourceUnit unit)
    {
        var needs = unit.Resources;
        writer.Write7BitEncodedInt64(needs.Id);
        writer.Write7BitEncodedInt(unit.Count);
        writer.Write7BitEncodedInt64(needs.Cpu.Value);
        Write(writer, needs.CpuAttributes);
        writer.Write7BitEncodedInt64(needs.Memory.Bytes);
        Write(writer, needs.MemoryAttributes);
        writer.Write7BitEncodedInt(needs.Gpus);
        Write(writer, needs.GpuAttributes);
        Write(writer, needs.Storage, volume =>
        {
            Write(writer, volume.Name);
            writer.Write7BitEncodedInt64(volume.Size.Bytes);
            Write(writer, volume.Attributes);
        });
        Write(writer, needs.Endpoints, endpoint =>
        {
            writer.Write7BitEncodedInt((int)endpoint.Kind);
            writer.Write7BitEncodedInt64(endpoint.Sequence);
        });
        Write(writer, unit.PriceLimit.Amount);
        Write(writer, unit.PriceLimit.Denom.Value);
        writer.Write((byte)unit.PriceLimit.Per);
    }

    private static ResourceUnit ReadUnit(BinaryReader reader)
    {
        var id = (uint)reader.Read7BitEncodedInt64();
        var count = reader.Read7BitEncodedInt();
        var needs = new Marketplace.Resources
        {
            Id = id,
            Cpu = new(reader.Read7BitEncodedInt64()),
            CpuAttributes = ReadAttributes(reader),
            Memory = new(reader.Read7BitEncodedInt64()),
            MemoryAttributes = ReadAttributes(reader),
            Gpus = reader.Read7BitEncodedInt(),
            GpuAttributes = ReadAttributes(reader),
            Storage = ReadList(reader, from => new StorageVolume(ReadText(from), new(from.Read7BitEncodedInt64()), ReadAttributes(from))),
            Endpoints = ReadList(reader, from => new ServiceEndpoint((EndpointKind)from.Read7BitEncodedInt(), (uint)from.Read7BitEncodedInt64())),
        };
        return new(needs, count, new(ReadDecimal(reader), Denom.Parse(ReadText(reader)), (TimeBase)reader.ReadByte()));
    }

    private static void Write(BinaryWriter writer, string text) => writer.Write(text.Length > MaxText ? text[..MaxText] : text);

    private static void Write(BinaryWriter writer, Decimal18 value)
    {
        var bytes = value.Atomics.ToByteArray();
        writer.Write((byte)bytes.Length);
        writer.Write(bytes);
    }

    private static void Write(BinaryWriter writer, ValueList<MarketAttribute> attributes) => Write(writer, attributes, attribute =>
    {
        Write(writer, attribute.Key);
        Write(writer, attribute.Value);
    });

    private static void Write<T>(BinaryWriter writer, ValueList<T> items, Action<T> write)
    {
        var count = Math.Min(items.Count, MaxItems);
        writer.Write7BitEncodedInt(count);
        for (var i = 0; i < count; i++) write(items[i]);
    }

    private static string ReadText(BinaryReader reader) => reader.ReadString() is { Length: <= MaxText } text ? text : throw new FormatException("a recorded order has a text that is too long");

    private static Decimal18 ReadDecimal(BinaryReader reader)
    {
        var length = reader.ReadByte();
        var bytes = reader.ReadBytes(length);
        return bytes.Length == length && length <= 40 ? Decimal18.FromAtomics(new BigInteger(bytes)) : throw new FormatException("a recorded order has a damaged number");
    }

    private static AccountAddress ReadAddress(BinaryReader reader) => AccountAddress.Parse(ReadText(reader));

    private static ValueList<MarketAttribute> ReadAttributes(BinaryReader reader) => ReadList(reader, from => new MarketAttribute(ReadText(from), ReadText(from)));

    private static ValueList<T> ReadList<T>(BinaryReader reader, Func<BinaryReader, T> read)
    {
        var count = reader.Read7BitEncodedInt();
        if (count is < 0 or > MaxItems) throw new FormatException("a recorded order has a list that is too long");
        if (count == 0) return [];
        var items = new List<T>(Math.Min(count, 64));
        for (var i = 0; i < count; i++) items.Add(read(reader));
        return items.ToValueList();
    }
}
