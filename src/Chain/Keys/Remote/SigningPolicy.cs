using Google.Protobuf;
using ProviderAgent.Chain.Numbers;
using ProviderAgent.Chain.Wire.Bme;
using ProviderAgent.Chain.Wire.Cert;
using ProviderAgent.Chain.Wire.Market.V1Beta5;
using ProviderAgent.Chain.Wire.Provider;
using ProviderAgent.Chain.Wire.Tx;
using ProviderAgent.Chain.Wire.Tx.Signing;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Chain.Keys.Remote;

/// <summary>What a remote signer signs: a provider's own messages, within a fee, and nothing that sends money away. Pure.</summary>
/// <param name="Account">The account that the key belongs to.</param>
/// <param name="MaxFee">Highest fee of one transaction.</param>
/// <param name="Network">The only network that is signed for; empty for any.</param>
public sealed record SigningPolicy(AccountAddress Account, Coin MaxFee, string Network = "")
{
    private const int MaxNamed = 5;

    /// <summary>The messages that a provider sends.</summary>
    private static readonly string[] Allowed =
    [
        TypeOf(MsgCreateBid.Descriptor), TypeOf(MsgCloseBid.Descriptor), TypeOf(MsgWithdrawLease.Descriptor), TypeOf(MsgLeaseStartReclaim.Descriptor),
        TypeOf(MsgCreateProvider.Descriptor), TypeOf(MsgUpdateProvider.Descriptor), TypeOf(MsgCreateCertificate.Descriptor), TypeOf(MsgRevokeCertificate.Descriptor),
        TypeOf(MsgBurnACT.Descriptor),
    ];

    /// <summary>Why the bytes are not signed; null when they may be.</summary>
    /// <param name="signBytes">A <c>SignDoc</c>.</param>
    /// <param name="summary">What they do, for people.</param>
    public string? Check(ReadOnlyMemory<byte> signBytes, out string summary)
    {
        summary = "";
        try
        {
            var document = SignDoc.Parser.ParseFrom(signBytes.Span);
            var body = TxBody.Parser.ParseFrom(document.BodyBytes);
            var info = AuthInfo.Parser.ParseFrom(document.AuthInfoBytes);
            summary = $"{string.Join(", ", body.Messages.Take(MaxNamed).Select(message => WireText.Shorten(message.TypeUrl)))}{(body.Messages.Count > MaxNamed ? $" and {body.Messages.Count - MaxNamed} more" : "")} on {WireText.Shorten(document.ChainId)}";
            if (Network.Length > 0 && document.ChainId != Network) return $"it is for network '{WireText.Shorten(document.ChainId)}', not {Network}";
            if (body.Messages.Count == 0) return "it has no message";
            return Signature(info) ?? Fee(info.Fee) ?? body.Messages.Select(message => Message(message.TypeUrl, message.Value)).FirstOrDefault(reason => reason is not null);
        }
        catch (InvalidProtocolBufferException)
        {
            return "it is no transaction";
        }
    }

    private static string? Signature(AuthInfo info) =>
        info.SignerInfos.Count == 1 && info.SignerInfos[0].ModeInfo?.Single?.Mode == SignMode.Direct ? null : "it is not signed by one key in mode DIRECT";

    private string? Fee(Fee? fee)
    {
        if (fee is null) return "it has no fee";
        if (fee.Payer.Length > 0 && fee.Payer != Account.Value) return "somebody else is named as payer";
        foreach (var coin in fee.Amount)
        {
            if (coin.Denom != MaxFee.Denom.Value || !WireInteger.TryParse(coin.Amount, out var amount) || amount < 0 || amount > MaxFee.Amount)
            {
                return $"its fee of {WireText.Shorten(coin.Amount)}{WireText.Shorten(coin.Denom)} is beyond {MaxFee} (--max-fee)";
            }
        }

        return fee.Amount.Count <= 1 ? null : "its fee has several coins";
    }

    private string? Message(string type, ByteString value)
    {
        if (!Allowed.Contains(type)) return $"{WireText.Shorten(type)} is no message of a provider";

        // The only one of them that can name another receiver.
        if (type != TypeOf(MsgBurnACT.Descriptor)) return null;
        var burn = MsgBurnACT.Parser.ParseFrom(value);
        return burn.Owner == Account.Value && burn.To == Account.Value ? null : "it converts coins for another account";
    }

    private static string TypeOf(Google.Protobuf.Reflection.MessageDescriptor descriptor) => "/" + descriptor.FullName;
}
