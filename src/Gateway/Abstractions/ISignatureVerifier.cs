namespace ProviderAgent.Gateway;

/// <summary>Checks signatures of the market's accounts. Pure; called concurrently.</summary>
public interface ISignatureVerifier
{
    /// <summary>True when <paramref name="signature"/> is the account's over <paramref name="message"/>. Malformed keys and signatures are false, not failures.</summary>
    /// <param name="publicKey">In the market's own encoding, as <c>IMarketQueries.FindPublicKeyAsync</c> gives it.</param>
    /// <param name="message">Before any hashing.</param>
    /// <param name="signature">In the market's own encoding. Where a signature could be altered without becoming invalid, only one form may pass.</param>
    bool Verify(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature);
}
