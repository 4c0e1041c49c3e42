using Google.Protobuf;
using ProviderAgent.Devnet.Messages;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Devnet.Transactions;

/// <summary>A transaction whose form is right. Nothing says yet that it may be executed.</summary>
/// <param name="Size">Bytes of the whole transaction.</param>
/// <param name="Raw">The bytes that were signed.</param>
/// <param name="Body">Messages and limits.</param>
/// <param name="AuthInfo">Signers and fee.</param>
/// <param name="Messages">The messages with what handles them.</param>
internal sealed record DecodedTx(
    int Size, Wire.Tx.TxRaw Raw, Wire.Tx.TxBody Body, Wire.Tx.AuthInfo AuthInfo, IReadOnlyList<(IMessageHandler Handler, IMessage Message)> Messages)
{
    public Wire.Tx.Fee Fee { get; } = AuthInfo.Fee ?? new();

    /// <summary>Whose signatures it needs, in the order in which they must stand: signers of messages by first appearance, then the payer of the fee.</summary>
    /// <remarks>Only for transactions whose messages are validated.</remarks>
    public IReadOnlyList<AccountAddress> Signers()
    {
        var signers = Messages.Select(part => part.Handler.SignerOf(part.Message)).Distinct().ToList();
        if (AccountAddress.TryParse(Fee.Payer, out var payer) && !signers.Contains(payer)) signers.Add(payer);
        return signers;
    }
}
