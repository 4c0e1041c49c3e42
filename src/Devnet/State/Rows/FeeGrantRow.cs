using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Devnet.State.Rows;

internal readonly record struct FeeGrantId(AccountAddress Granter, AccountAddress Grantee)
{
    public static IComparer<FeeGrantId> Order { get; } = Comparer<FeeGrantId>.Create((x, y) =>
        x.Granter.CompareTo(y.Granter) is var first and not 0 ? first : x.Grantee.CompareTo(y.Grantee));

    public override string ToString() => $"{Granter}/{Grantee}";
}

/// <summary>The granter pays fees of the grantee's transactions, without a limit. Only genesis makes these.</summary>
internal sealed record FeeGrantRow(FeeGrantId Id) : IRow
{
    public int StateCode => 0;

    public IMessage ToStored() => new StringValue { Value = Id.ToString() };
}
