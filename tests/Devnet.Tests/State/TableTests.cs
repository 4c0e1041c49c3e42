using ProviderAgent.Devnet.State;
using ProviderAgent.Devnet.State.Rows;
using ProviderAgent.Devnet.Tests.Harness;
using ProviderAgent.Marketplace;
using OrderState = ProviderAgent.Chain.Wire.Market.V1Beta5.Order.Types.State;

namespace ProviderAgent.Devnet.Tests.State;

public sealed class TableTests
{
    private static readonly AccountAddress Owner = AccountAddress.Parse("akash1owner");

    [Fact]
    public void Scan_FromAnId_GoesOnInOrderWithinTheState()
    {
        var table = Table<OrderId, OrderRow>.Empty("orders", IdOrder.Orders);
        foreach (var dseq in new ulong[] { 10, 9, 2, 30 }) table = table.Set(Id(dseq), Row(dseq, OrderState.Open));
        table = table.Set(Id(5), Row(5, OrderState.Closed));

        Assert.Equal([9, 10, 30], table.Scan((int)OrderState.Open, Id(3)).Select(row => row.Id.Dseq));
        Assert.Equal([10, 9, 2], table.ScanBack((int)OrderState.Open, Id(29)).Select(row => row.Id.Dseq));
        Assert.Equal([2, 9, 10, 30], table.Scan((int)OrderState.Open).Select(row => row.Id.Dseq));
        Assert.Equal([5], table.ScanBack((int)OrderState.Closed).Select(row => row.Id.Dseq));
        Assert.Empty(table.Scan((int)OrderState.Active));
        Assert.Empty(table.ScanBack((int)OrderState.Active));
    }

    [Fact]
    public void Digest_SameRows_IsTheSameWhateverTheWayThere()
    {
        var empty = Table<OrderId, OrderRow>.Empty("orders", IdOrder.Orders);
        var straight = empty.Set(Id(1), Row(1, OrderState.Closed)).Set(Id(2), Row(2, OrderState.Open));
        var around = empty.Set(Id(3), Row(3, OrderState.Open)).Set(Id(2), Row(2, OrderState.Open)).Set(Id(1), Row(1, OrderState.Open))
            .Set(Id(1), Row(1, OrderState.Closed)).Remove(Id(3)).Remove(Id(4));

        Assert.Equal(straight.Digest, around.Digest);
        Assert.NotEqual(straight.Digest, straight.Set(Id(2), Row(2, OrderState.Active)).Digest);
        Assert.Equal(default, straight.Remove(Id(1)).Remove(Id(2)).Digest);
        Assert.Null(empty.Find(Id(1)));
        Assert.Equal(2, straight.Count);
    }

    private static OrderId Id(ulong dseq) => new(Owner, dseq, 1, 1);

    private static OrderRow Row(ulong dseq, OrderState state) => new(Id(dseq), state, Market.Group(), 7, null);
}
