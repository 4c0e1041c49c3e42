using System.Numerics;
using Google.Protobuf;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Devnet.State.Rows;

internal readonly record struct BalanceId(AccountAddress Owner, Denom Denom)
{
    public static IComparer<BalanceId> Order { get; } = Comparer<BalanceId>.Create((x, y) =>
        x.Owner.CompareTo(y.Owner) is var first and not 0 ? first : x.Denom.CompareTo(y.Denom));

    public override string ToString() => $"{Owner}/{Denom}";
}

/// <summary>What one account holds of one coin; rows of zero are removed.</summary>
internal sealed record BalanceRow(BalanceId Id, BigInteger Amount) : IRow
{
    public int StateCode => 0;

    public ChainCoin Coin => new(Amount, Id.Denom);

    public IMessage ToStored() => Coin.ToWire();
}
