using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using ProviderAgent.Chain.Keys;
using ProviderAgent.Chain.Wire.Crypto;
using ProviderAgent.Chain.Wire.Tx;
using ProviderAgent.Chain.Wire.Tx.Signing;

namespace ProviderAgent.Chain.Transactions;

/// <summary>Builds and signs transactions of one signer (SIGN_MODE_DIRECT). Pure but for the signer; serves a provider's and a tenant's messages alike.</summary>
internal static class TransactionBuilder
{
    /// <summary>Wraps a message with its type, as transactions carry it.</summary>
    public static Any Pack(IMessage message) => new() { TypeUrl = "/" + message.Descriptor.FullName, Value = message.ToByteString() };

    /// <param name="messages">Carried out in order, all or none.</param>
    /// <param name="timeoutHeight">Last block that may include the transaction; 0 for no limit.</param>
    /// <param name="memo">At most 256 characters on the chain as it is.</param>
    public static TxBody Body(IEnumerable<IMessage> messages, ulong timeoutHeight = 0, string memo = "") =>
        new() { Messages = { messages.Select(Pack) }, TimeoutHeight = timeoutHeight, Memo = memo };

    /// <summary>The form that simulation takes: complete, but with an empty signature.</summary>
    public static byte[] ForSimulation(TxBody body, Fee fee, Secp256k1PublicKey key, ulong sequence) => new TxRaw
    {
        BodyBytes = body.ToByteString(),
        AuthInfoBytes = AuthInfo(fee, key, sequence).ToByteString(),
        Signatures = { ByteString.Empty },
    }.ToByteArray();

    /// <summary>Signs. The same input gives the same bytes.</summary>
    /// <exception cref="KeyException">The key cannot be used.</exception>
    public static async Task<SignedTransaction> SignAsync(TxBody body, Fee fee, SigningContext context, ISigner signer, CancellationToken ct)
    {
        var bodyBytes = body.ToByteString();
        var authInfoBytes = AuthInfo(fee, signer.PublicKey, context.Sequence).ToByteString();
        var document = new SignDoc
        {
            BodyBytes = bodyBytes,
            AuthInfoBytes = authInfoBytes,
            ChainId = context.ChainId,
            AccountNumber = context.AccountNumber,
        };
        var signature = await signer.SignAsync(document.ToByteArray(), ct);
        var raw = new TxRaw { BodyBytes = bodyBytes, AuthInfoBytes = authInfoBytes, Signatures = { ByteString.CopyFrom(signature) } };
        return SignedTransaction.FromBytes(raw.ToByteArray());
    }

    private static AuthInfo AuthInfo(Fee fee, Secp256k1PublicKey key, ulong sequence) => new()
    {
        SignerInfos =
        {
            new SignerInfo
            {
                PublicKey = Pack(new PubKey { Key = ByteString.CopyFrom(key.Bytes) }),
                ModeInfo = new() { Single = new() { Mode = SignMode.Direct } },
                Sequence = sequence,
            },
        },
        Fee = fee,
    };
}
