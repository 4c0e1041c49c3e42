using ProviderAgent.Chain.Keys;
using ProviderAgent.Chain.Tests.Vectors;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Chain.Tests.Scripted;

/// <summary>Public test keys of the golden data.</summary>
internal static class TestKeys
{
    public static readonly AccountAddress ProviderAddress = AccountAddress.Parse("akash1r7232nqszlhtmu0cu2fzf73yks9a9y8yt0x5qn");
    public static readonly AccountAddress Tenant = AccountAddress.Parse("akash1r5v5srda7xfth3hn2s26txvrcrntldjuks2uw9");
    public static readonly AccountAddress Other = AccountAddress.Parse("akash1jrkmdcwgq94uaamx6zax2luewlhf7u4k3rtk0c");

    public static ChainKey Provider() =>
        ChainKey.FromBytes(VectorFile.Entries("transactions").First(entry => entry.Text("inputs.signer.address") == ProviderAddress.Value).Hex("inputs.signer.private_key_hex"));

    public static BidId Bid(ulong dseq, uint gseq = 1) => new(new OrderId(Tenant, dseq, gseq, 1), ProviderAddress);

    public static MarketAction.PlaceBid PlaceBid(ulong dseq) =>
        new(Bid(dseq), Rate.PerTick(Decimal18.FromInteger(100), Denom.Parse("uact")), Coin.Parse("500000uakt"), [], null);

    public static MarketAction.Withdraw Withdraw(ulong dseq, uint gseq = 1) => new(Bid(dseq, gseq).Lease);
}
