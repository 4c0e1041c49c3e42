using System.Security.Cryptography;

namespace ProviderAgent.Chain.Keys;

/// <summary>Bytes that the garbage collector cannot copy about and that are zeroed when they are no longer needed.</summary>
internal sealed class SecretBytes(int length) : IDisposable
{
    private readonly byte[] _bytes = GC.AllocateArray<byte>(length, pinned: true);

    public Span<byte> Span => _bytes;

    /// <summary>The array itself, for interfaces that take no span. Do not keep it.</summary>
    public byte[] Array => _bytes;

    public static SecretBytes CopyOf(ReadOnlySpan<byte> bytes)
    {
        var copy = new SecretBytes(bytes.Length);
        bytes.CopyTo(copy.Span);
        return copy;
    }

    public void Dispose() => CryptographicOperations.ZeroMemory(_bytes);
}
