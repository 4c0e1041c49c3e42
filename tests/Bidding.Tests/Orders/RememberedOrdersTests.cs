using ProviderAgent.Bidding.Tests.Support;

namespace ProviderAgent.Bidding.Tests.Orders;

public sealed class RememberedOrdersTests
{
    [Fact]
    public void Declined_SameReason_IsKnown()
    {
        var sut = new RememberedOrders();
        sut.Declined(Build.OrderId(1), DeclineReason.AboveLimit);

        Assert.True(sut.IsDeclined(Build.OrderId(1), DeclineReason.AboveLimit));
        Assert.False(sut.IsDeclined(Build.OrderId(1), DeclineReason.DoesNotFit));
        Assert.False(sut.IsDeclined(Build.OrderId(2), DeclineReason.AboveLimit));
        Assert.False(sut.IsSpent(Build.OrderId(1)));
    }

    [Fact]
    public void Spent_DeclinedLater_StaysSpent()
    {
        var sut = new RememberedOrders();
        sut.Spent(Build.OrderId(1));

        sut.Declined(Build.OrderId(1), DeclineReason.AlreadyBid);

        Assert.True(sut.IsSpent(Build.OrderId(1)));
    }

    [Fact]
    public void ListingDone_OrdersNotMet_AreForgotten()
    {
        var sut = new RememberedOrders();
        for (var order = 1; order <= 3; order++) sut.Spent(Build.OrderId(order));

        sut.ListingStarts();
        sut.Met(Build.OrderId(2));
        sut.Spent(Build.OrderId(4)); // while the listing goes on
        sut.ListingDone();

        Assert.Equal([false, true, false, true], Enumerable.Range(1, 4).Select(order => sut.IsSpent(Build.OrderId(order))));
    }

    [Fact]
    public void Put_BeyondTheCapacity_ForgetsTheOldest()
    {
        var sut = new RememberedOrders(capacity: 100);
        for (var order = 1; order <= 250; order++) sut.Spent(Build.OrderId(order));

        Assert.Equal(100, sut.Count);
        Assert.False(sut.IsSpent(Build.OrderId(150)));
        Assert.True(sut.IsSpent(Build.OrderId(151)));
    }
}
