using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace ProviderAgent.Ledger;

/// <summary>Hash of a row in an append-only chain: SHA-256 over the previous row's hash and this row's fields.</summary>
/// <remarks>
/// Field encoding, so that anybody can recompute it: an integer is 8 bytes, big-endian, two's complement; a text is its length in UTF-8
/// bytes as such an integer, then the bytes; an absent value is the single byte 0, a present optional one the byte 1 and the value.
/// The first row of a chain follows on 32 zero bytes.
/// </remarks>
internal sealed class RowHasher : IDisposable
{
    /// <summary>Length of a hash in bytes.</summary>
    public const int Size = SHA256.HashSizeInBytes;

    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    /// <summary>What the first row of a chain follows on.</summary>
    public static byte[] Origin => new byte[Size];

    /// <summary>Begins a row.</summary>
    public RowHasher After(byte[] previous)
    {
        _hash.AppendData(previous);
        return this;
    }

    public RowHasher Add(long value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(bytes, value);
        _hash.AppendData(bytes);
        return this;
    }

    public RowHasher Add(string text) => AddText(Encoding.UTF8.GetBytes(text));

    /// <summary>A text that is at hand as UTF-8.</summary>
    public RowHasher AddText(byte[] utf8)
    {
        Add((long)utf8.Length);
        _hash.AppendData(utf8);
        return this;
    }

    /// <summary>A hash, without a length.</summary>
    public RowHasher Add(byte[] hash)
    {
        _hash.AppendData(hash);
        return this;
    }

    /// <summary>An optional amount of money.</summary>
    public RowHasher Add(Coin? coin)
    {
        _hash.AppendData([coin is null ? (byte)0 : (byte)1]);
        return coin is { } value ? Add(value.Amount).Add(value.Denom.Value) : this;
    }

    /// <summary>Ends the row.</summary>
    public byte[] Finish() => _hash.GetHashAndReset();

    public void Dispose() => _hash.Dispose();
}
