using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using ProviderAgent.Devnet.Genesis;

namespace ProviderAgent.Devnet.Blocks;

/// <summary>An append-only file: the genesis, then one record per block. Every record has a length and a checksum; a torn last record is cut off.</summary>
internal sealed class BlockFile : IBlockLog
{
    private const int HeaderSize = sizeof(uint) + ChecksumSize;
    private const int ChecksumSize = 8;

    // Height, ticks, application hash, number of transactions.
    private const int BlockHeadSize = sizeof(long) + sizeof(long) + 32 + sizeof(int);

    // Well above the largest block that a configuration allows; a larger length is damage.
    private const int MaxRecord = 256 << 20;

    private static ReadOnlySpan<byte> Magic => "PADEVNET1\n"u8;

    private readonly FileStream _file;

    private BlockFile(FileStream file) => _file = file;

    /// <summary>Opens the file, or makes it with <paramref name="genesis"/>. A second process on the same file is refused.</summary>
    /// <exception cref="IOException">It cannot be opened, or somebody has it open.</exception>
    /// <exception cref="InvalidDataException">It is no such file, is damaged elsewhere than at its end, or begins with another genesis.</exception>
    public static BlockFile Open(string path, GenesisDocument genesis)
    {
        var file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        try
        {
            if (file.Length <= Magic.Length + HeaderSize) Begin(file, genesis);
            file.Position = 0;
            Span<byte> magic = stackalloc byte[Magic.Length];
            file.ReadExactly(magic);
            if (!magic.SequenceEqual(Magic)) throw new InvalidDataException($"{path} is not a block file");
            if (ReadRecord(file) is not { } first) Begin(file, genesis); // torn while it was made, so nothing can stand behind it
            else if (!first.AsSpan().SequenceEqual(genesis.ToJson()))
            {
                throw new InvalidDataException($"{path} begins with another genesis; remove it to start over");
            }

            return new(file);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    public IEnumerable<LoggedBlock> Read()
    {
        while (true)
        {
            var start = _file.Position;
            if (ReadRecord(_file) is not { } record)
            {
                _file.SetLength(start); // nothing, or the torn rest of a write that never finished
                _file.Position = start;
                yield break;
            }

            yield return Decode(record);
        }
    }

    public void Append(Block block)
    {
        var start = _file.Position;
        try
        {
            WriteRecord(_file, Encode(block));
            _file.Flush(flushToDisk: true);
        }
        catch
        {
            _file.SetLength(start);
            _file.Position = start;
            throw;
        }
    }

    public void Dispose() => _file.Dispose();

    private static void Begin(FileStream file, GenesisDocument genesis)
    {
        file.SetLength(0);
        file.Write(Magic);
        WriteRecord(file, genesis.ToJson());
        file.Flush(flushToDisk: true);
    }

    private static void WriteRecord(FileStream file, ReadOnlySpan<byte> content)
    {
        Span<byte> head = stackalloc byte[HeaderSize];
        BinaryPrimitives.WriteUInt32LittleEndian(head, (uint)content.Length);
        Checksum(content).CopyTo(head[sizeof(uint)..]);
        file.Write(head);
        file.Write(content);
    }

    /// <returns>Null at the end of the file, torn or not.</returns>
    private static byte[]? ReadRecord(FileStream file)
    {
        var start = file.Position;
        Span<byte> head = stackalloc byte[HeaderSize];
        if (file.ReadAtLeast(head, HeaderSize, throwOnEndOfStream: false) < HeaderSize) return null;
        var length = BinaryPrimitives.ReadUInt32LittleEndian(head);
        if (length > file.Length - file.Position) return null;
        var isLast = length == file.Length - file.Position;
        if (length == 0 && IsBlank(file)) return null; // a power loss leaves zeros behind the last whole record
        if (length is 0 or > MaxRecord) throw Damaged(file, start);
        var content = new byte[length];
        file.ReadExactly(content);
        if (Checksum(content).SequenceEqual(head[sizeof(uint)..])) return content;
        return isLast ? null : throw Damaged(file, start);
    }

    private static bool IsBlank(FileStream file)
    {
        Span<byte> part = stackalloc byte[4096];
        for (var read = file.Read(part); read > 0; read = file.Read(part))
        {
            if (part[..read].ContainsAnyExcept((byte)0)) return false;
        }

        return true;
    }

    private static InvalidDataException Damaged(FileStream file, long at) =>
        new(string.Create(CultureInfo.InvariantCulture, $"{file.Name} is damaged at byte {at}; remove it to start over"));

    private static ReadOnlySpan<byte> Checksum(ReadOnlySpan<byte> content) => SHA256.HashData(content).AsSpan(0, ChecksumSize);

    private static byte[] Encode(Block block)
    {
        var size = BlockHeadSize + block.Txs.Sum(tx => sizeof(int) + tx.Bytes.Length);
        var record = new byte[size];
        var rest = record.AsSpan();
        BinaryPrimitives.WriteInt64LittleEndian(rest, block.Height);
        BinaryPrimitives.WriteInt64LittleEndian(rest[8..], block.Time.UtcTicks);
        block.AppHash.CopyTo(rest[16..]);
        BinaryPrimitives.WriteInt32LittleEndian(rest[48..], block.Txs.Count);
        rest = rest[BlockHeadSize..];
        foreach (var tx in block.Txs)
        {
            BinaryPrimitives.WriteInt32LittleEndian(rest, tx.Bytes.Length);
            tx.Bytes.Span.CopyTo(rest[sizeof(int)..]);
            rest = rest[(sizeof(int) + tx.Bytes.Length)..];
        }

        return record;
    }

    private static LoggedBlock Decode(ReadOnlyMemory<byte> record)
    {
        var head = record.Span;
        var txs = new ReadOnlyMemory<byte>[BinaryPrimitives.ReadInt32LittleEndian(head[48..])];
        var rest = record[BlockHeadSize..];
        for (var i = 0; i < txs.Length; i++)
        {
            var length = BinaryPrimitives.ReadInt32LittleEndian(rest.Span);
            txs[i] = rest.Slice(sizeof(int), length);
            rest = rest[(sizeof(int) + length)..];
        }

        var time = new DateTimeOffset(BinaryPrimitives.ReadInt64LittleEndian(head[8..]), TimeSpan.Zero);
        return new(BinaryPrimitives.ReadInt64LittleEndian(head), time, record.Slice(16, 32), txs);
    }
}
