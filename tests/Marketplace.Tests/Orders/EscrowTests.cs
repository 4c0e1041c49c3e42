namespace ProviderAgent.Marketplace.Tests.Orders;

/// <summary>The money vectors of the lifecycle notes, section E.2.</summary>
public sealed class EscrowTests
{
    private static readonly Denom Uact = Denom.Parse("uact");

    [Theory]
    [InlineData(1, 5)]
    [InlineData(10, 59)]
    [InlineData(590, 3_499)]
    [InlineData(14_400, 85_413)]
    public void Owed_AfterTicks_DropsTheFractionOfTheWholeSpan(long ticks, long expected)
    {
        var account = Account("1000000000", settledAt: 1_000);

        Assert.Equal(expected, Payment("5.931488", balance: "0").Owed(account, new(1_000 + ticks)));
    }

    [Fact]
    public void Owed_WithABalance_AddsItsFraction() =>
        Assert.Equal(6, Payment("5.931488", balance: "1.9").Owed(Account("100", settledAt: 10), new(11)));

    [Theory]
    [InlineData(6_000, 5_000)]
    [InlineData(11_000, 0)]
    [InlineData(11_001, -1)]
    public void TicksLeft_OneLease_CountsWhatIsNotSettledYet(long now, long expected) =>
        Assert.Equal(expected, Account("1000000", settledAt: 1_000).TicksLeft(new(now), Rate.PerTick(Decimal18.FromInteger(100), Uact)));

    [Fact]
    public void Owed_MoreThanTheFunds_IsCappedAtTheFunds() =>
        Assert.Equal(1_000_000, Payment("100", balance: "0").Owed(Account("1000000", settledAt: 1_000), new(50_000)));

    [Theory]
    [InlineData(EscrowState.Closed)]
    [InlineData(EscrowState.Overdrawn)]
    public void Owed_PaymentNoLongerOpen_IsOnlyTheBalance(EscrowState state) =>
        Assert.Equal(7, (Payment("100", balance: "7.5") with { State = state }).Owed(Account("1000000", settledAt: 1_000), new(50_000)));

    [Fact]
    public void Owed_TickBeforeTheSettlement_IsNotNegative() =>
        Assert.Equal(0, Payment("100", balance: "0").Owed(Account("1000", settledAt: 1_000), new(900)));

    private static EscrowAccount Account(string funds, long settledAt) =>
        new(EscrowState.Open, [new(Uact, Decimal18.Parse(funds))], new(settledAt));

    private static EscrowPayment Payment(string rate, string balance) =>
        new(LeaseId.Parse("owner/7/1/1/provider"), EscrowState.Open, Rate.PerTick(Decimal18.Parse(rate), Uact), Decimal18.Parse(balance), new Coin(0, Uact));
}
