using Google.Protobuf;
using ProviderAgent.Chain.Numbers;
using ProviderAgent.Chain.Wire.Tx;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Chain.Sending;

/// <summary>What a stored transaction costs once it is in a block. Pure.</summary>
internal static class TransactionFee
{
    /// <returns>Zero when the bytes are unreadable: only the count of fees suffers.</returns>
    public static Coin Read(byte[] transaction, Denom denom)
    {
        try
        {
            var fee = AuthInfo.Parser.ParseFrom(TxRaw.Parser.ParseFrom(transaction).AuthInfoBytes).Fee;
            return fee?.Amount.Count > 0 ? WireCoins.ToCoin(fee.Amount[0], "fee") : new(0, denom);
        }
        catch (Exception e) when (e is InvalidProtocolBufferException or MalformedWireException)
        {
            return new(0, denom);
        }
    }
}
