using ProviderAgent.Marketplace;

namespace ProviderAgent.Chain.Keys;

/// <summary>Signs transactions for one account; the key itself may be a file, a device or another process.</summary>
public interface ISigner
{
    /// <summary>The account that the key belongs to.</summary>
    AccountAddress Address { get; }

    Secp256k1PublicKey PublicKey { get; }

    /// <summary>Signs the SHA-256 of <paramref name="signBytes"/>.</summary>
    /// <returns>64 bytes, r then s, big-endian, with s in the lower half of its range as the chain demands.</returns>
    /// <exception cref="KeyException">The key cannot be used now.</exception>
    ValueTask<byte[]> SignAsync(ReadOnlyMemory<byte> signBytes, CancellationToken ct);
}
