using System.Globalization;
using System.Security.Cryptography;
using Google.Protobuf;
using ProviderAgent.Chain.Keys;
using ProviderAgent.Devnet.Errors;
using ProviderAgent.Devnet.Execution;
using ProviderAgent.Devnet.State.Rows;
using WireMode = ProviderAgent.Chain.Wire.Tx.Signing.SignMode;

namespace ProviderAgent.Devnet.Transactions;

/// <summary>Sequence and signature of every signer; for unordered transactions a time stamp takes the sequence's place.</summary>
internal static class SignatureCheck
{
    public static void Run(MessageContext context, DecodedTx tx, IReadOnlyList<AccountRow> accounts, TxMode mode)
    {
        for (var i = 0; i < accounts.Count; i++)
        {
            var account = accounts[i];
            var info = tx.AuthInfo.SignerInfos[i];
            if (mode != TxMode.Simulate && account.PublicKey is null) throw SdkErrors.InvalidPublicKey.Because("pubkey on account is not set");
            if (tx.Body.Unordered) UseNonce(context, tx.Body, account, info.Sequence);
            else CheckSequence(account, info.Sequence);
            if (mode is TxMode.Check or TxMode.Deliver) Verify(context.ChainId, tx, account, info, tx.Raw.Signatures[i]);
        }
    }

    private static void CheckSequence(AccountRow account, ulong sequence)
    {
        if (sequence != account.Sequence)
        {
            throw SdkErrors.WrongSequence.Because(string.Create(
                CultureInfo.InvariantCulture, $"account sequence mismatch, expected {account.Sequence}, got {sequence}"));
        }
    }

    private static void UseNonce(MessageContext context, Wire.Tx.TxBody body, AccountRow account, ulong sequence)
    {
        if (body.TimeoutTimestamp is not { } stamp || stamp is { Seconds: 0, Nanos: 0 })
        {
            throw SdkErrors.InvalidRequest.Because("unordered transaction must have timeout_timestamp set");
        }

        var until = stamp.ToDateTimeOffset();
        if (until < context.Time) throw SdkErrors.InvalidRequest.Because("unordered transaction has a timeout_timestamp that has already passed");
        if (until > context.Time + TxLimits.MaxUnorderedLifetime)
        {
            throw SdkErrors.InvalidRequest.Because($"unordered tx ttl exceeds {TxLimits.MaxUnorderedLifetime}");
        }

        if (sequence != 0) throw SdkErrors.InvalidRequest.Because("sequence is not allowed for unordered transactions");
        context.Gas.Consume(TxLimits.GasPerUnorderedNonce, "unordered transaction");
        var nonce = new NonceId(stamp.Seconds, stamp.Nanos, account.Address);
        if (context.Nonces.Find(nonce) is not null)
        {
            throw SdkErrors.InvalidRequest.Because($"failed to add unordered nonce: already used timeout {until:O} for sender {account.Address}");
        }

        context.Nonces.Set(nonce, new(nonce));
    }

    private static void Verify(string chainId, DecodedTx tx, AccountRow account, Wire.Tx.SignerInfo info, ByteString signature)
    {
        var signed = new Wire.Tx.SignDoc
        {
            BodyBytes = tx.Raw.BodyBytes,
            AuthInfoBytes = tx.Raw.AuthInfoBytes,
            ChainId = chainId,
            AccountNumber = account.Number,
        }.ToByteArray();
        if (info.ModeInfo?.Single?.Mode == WireMode.Direct
            && account.PublicKey is { } bytes
            && Secp256k1PublicKey.TryParse(bytes.Span, out var key)
            && key is not null
            && key.VerifyDigest(SHA256.HashData(signed), signature.Span)) return;
        throw SdkErrors.Unauthorized.Because(string.Create(
            CultureInfo.InvariantCulture,
            $"signature verification failed; please verify account number ({account.Number}) and chain-id ({chainId})"));
    }
}
