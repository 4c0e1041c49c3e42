using System.Globalization;
using ProviderAgent.Chain.Keys;
using ProviderAgent.Devnet.Errors;
using ProviderAgent.Devnet.Execution;
using ProviderAgent.Devnet.State.Rows;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Devnet.Transactions;

/// <summary>Everything that must hold before the first message runs.</summary>
/// <remarks>In the chain's order: form, time limits, memo, size, fee, keys, signatures, sequences.</remarks>
internal sealed class AnteHandler(TxLimits limits)
{
    private readonly FeeCollection _fees = new(limits);

    /// <exception cref="TransactionException">The transaction is refused; nothing of it counts.</exception>
    public void Run(MessageContext context, DecodedTx tx, TxMode mode)
    {
        var signers = tx.Signers();
        if (mode != TxMode.Simulate && tx.Fee.GasLimit == 0) throw SdkErrors.InvalidGasLimit.Because("must provide positive gas");
        CheckForm(tx, signers);
        CheckTime(context, tx.Body);
        if (tx.Body.Memo.Length > TxLimits.MaxMemoCharacters)
        {
            throw SdkErrors.MemoTooLarge.Because(Text(
                $"maximum number of characters is {TxLimits.MaxMemoCharacters} but received {tx.Body.Memo.Length} characters"));
        }

        context.Gas.Consume(TxLimits.GasPerByte * (ulong)(tx.Size + MissingSignatureBytes(tx, mode)), "txSize");
        _fees.Collect(context, tx, signers[0], mode);
        var accounts = SetKeys(context, tx, signers, mode);
        if (tx.Raw.Signatures.Count > TxLimits.MaxSignatures)
        {
            throw SdkErrors.TooManySignatures.Because(Text($"signatures: {tx.Raw.Signatures.Count}, limit: {TxLimits.MaxSignatures}"));
        }

        context.Gas.Consume(TxLimits.GasPerSignature * (ulong)signers.Count, "ante verify: secp256k1");
        SignatureCheck.Run(context, tx, accounts, mode);
        if (tx.Body.Unordered) return;
        foreach (var account in accounts) context.Accounts.Set(account.Address, account with { Sequence = account.Sequence + 1 });
    }

    private static void CheckForm(DecodedTx tx, IReadOnlyList<AccountAddress> signers)
    {
        if (tx.Fee.GasLimit > long.MaxValue) throw SdkErrors.InvalidRequest.Because(Text($"invalid gas supplied; {tx.Fee.GasLimit} > {long.MaxValue}"));
        if (tx.Fee.Payer.Length > 0 && !ChainAddress.TryParse(tx.Fee.Payer, out _)) throw SdkErrors.InvalidAddress.Because("invalid fee payer address");
        if (tx.Body.ExtensionOptions.Count > 0) throw SdkErrors.UnknownExtensionOptions.Exception();
        if (tx.Raw.Signatures.Count == 0) throw SdkErrors.NoSignatures.Exception();
        if (tx.Raw.Signatures.Count != signers.Count || tx.AuthInfo.SignerInfos.Count != signers.Count)
        {
            throw SdkErrors.Unauthorized.Because(Text($"wrong number of signers; expected {signers.Count}, got {tx.Raw.Signatures.Count}"));
        }
    }

    private static void CheckTime(MessageContext context, Wire.Tx.TxBody body)
    {
        if (body.TimeoutHeight != 0 && (ulong)context.Height > body.TimeoutHeight)
        {
            throw SdkErrors.TxTimeoutHeight.Because(Text($"block height: {context.Height}, timeout height: {body.TimeoutHeight}"));
        }

        if (body.TimeoutTimestamp is { } limit && context.Time > limit.ToDateTimeOffset())
        {
            throw SdkErrors.TxTimeout.Because(Text($"block time: {context.Time:u}, timeout timestamp: {limit.ToDateTimeOffset():u}"));
        }
    }

    /// <summary>A simulated transaction carries an empty signature; the real one will be longer by its 64 bytes and their length.</summary>
    private static int MissingSignatureBytes(DecodedTx tx, TxMode mode) =>
        mode == TxMode.Simulate ? tx.Raw.Signatures.Sum(signature => Secp256k1.SignatureSize - Math.Min(signature.Length, Secp256k1.SignatureSize)) : 0;

    private static List<AccountRow> SetKeys(MessageContext context, DecodedTx tx, IReadOnlyList<AccountAddress> signers, TxMode mode)
    {
        var accounts = new List<AccountRow>(signers.Count);
        for (var i = 0; i < signers.Count; i++)
        {
            var account = context.Accounts.Find(signers[i]) ?? throw SdkErrors.UnknownAddress.Because($"account {signers[i]} does not exist");
            var info = tx.AuthInfo.SignerInfos[i];
            if (info.PublicKey is { } packed)
            {
                var key = ReadKey(packed);
                if (mode != TxMode.Simulate && key.Address != signers[i])
                {
                    throw SdkErrors.InvalidPublicKey.Because(Text($"pubKey does not match signer address {signers[i]} with signer index: {i}"));
                }

                if (account.PublicKey is null && key.Address == signers[i])
                {
                    account = account with { PublicKey = Google.Protobuf.ByteString.CopyFrom(key.Bytes) };
                    context.Accounts.Set(account.Address, account);
                }
            }

            accounts.Add(account);
            context.Emit(new("tx", ("acc_seq", Text($"{account.Address}/{info.Sequence}"))));
            context.Emit(new("tx", ("signature", tx.Raw.Signatures[i].ToBase64())));
        }

        return accounts;
    }

    private static Secp256k1PublicKey ReadKey(Google.Protobuf.WellKnownTypes.Any packed)
    {
        if (packed.TypeUrl != AccountRow.PublicKeyType) throw SdkErrors.InvalidPublicKey.Because($"unsupported key type {packed.TypeUrl}");
        var bytes = Wire.Crypto.PubKey.Parser.ParseFrom(packed.Value).Key;
        return Secp256k1PublicKey.TryParse(bytes.Span, out var key) && key is not null
            ? key
            : throw SdkErrors.InvalidPublicKey.Because("key is not a point of the curve in compressed form");
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
