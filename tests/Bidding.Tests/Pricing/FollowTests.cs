using System.Runtime.CompilerServices;
using ProviderAgent.Bidding.Tests.Support;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Bidding.Tests.Pricing;

public sealed class FollowTests : IAsyncLifetime
{
    private readonly World _world = new();
    private readonly ListedOrders _orders = new();
    private readonly WinnersBoard _board = new();
    private readonly PricingOptions _options = new() { Follow = new() { Enabled = true, Samples = 3 }, Floor = new() { Mode = FloorMode.Off } };
    private readonly WinnersKeeper _sut;

    public FollowTests() => _sut = new(_board, _world.Market, [_orders], new SettableOptions<PricingOptions>(_options), _world.Time, new LogProbe<WinnersKeeper>());

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        _sut.Dispose();
        await _world.DisposeAsync();
    }

    [Theory]
    [InlineData("0.9", "0.01", "0.891")]
    [InlineData("0.9", "0", "0.9")]
    [InlineData("0.3", "0.01", "0.8")] // no lower than the operator allows
    [InlineData("5", "0.01", "1.2")]
    public void Price_OthersWinWithAnother_MovesThereWithinBounds(string ratio, string undercut, string factor)
    {
        _options.Follow.Undercut = decimal.Parse(undercut, System.Globalization.CultureInfo.InvariantCulture);
        var alone = Quoted(null);

        var following = Quoted(new(Decimal18.Parse(ratio), 3));

        Assert.Equal((alone.UsdPerMonth!.Value * Decimal18.Parse(factor)).Round(9, MidpointRounding.ToEven), following.UsdPerMonth!.Value.Round(9, MidpointRounding.ToEven));
        Assert.Equal("follow", following.Lines[^1].Item);
    }

    [Fact]
    public void Price_TooFewWinnersOrSwitchedOff_IsOurs()
    {
        var alone = Quoted(null);
        Assert.Equal(alone.Price, Quoted(new(Decimal18.Parse("0.9"), 2)).Price);

        _options.Follow.Enabled = false;
        Assert.Equal(alone.Price, Quoted(new(Decimal18.Parse("0.9"), 50)).Price);
    }

    [Fact]
    public void Price_FollowedBelowTheCosts_IsRaisedToThem()
    {
        _options.Floor = new() { Margin = 10 };
        var costs = Quoted(null);

        Assert.Equal("floor", costs.Lines[^1].Item);
        Assert.Equal(costs.Price, Quoted(new(Decimal18.Parse("0.8"), 50)).Price);
    }

    [Fact]
    public async Task Look_PricesOfOthers_AreComparedByKind()
    {
        var card = Build.Group(Build.Unit(Build.Needs() with { Gpus = 1, GpuAttributes = [new("vendor/nvidia/model/t4", "true")] }));
        _options.Rates.Gpu["t4"] = 100;
        foreach (var part in (string[])["0.5", "0.6", "0.9"]) Won(Build.Group(), part, Build.Rival);
        foreach (var part in (string[])["1.1", "1.3"]) Won(card, part, Build.Rival);
        Won(Build.Group(), "0.1", Build.Provider); // ours
        Won(Build.Group(), "0.1", Build.Rival, age: TimeSpan.FromDays(8)); // long ago
        Won(Build.Group(Build.Unit(denom: Denom.Parse("uother"))), "0.1", Build.Rival); // in a coin that has no price here
        _orders.Orders.Add(new(Build.OrderId(99), _world.Time.GetUtcNow() - TimeSpan.FromHours(1), Build.Group(), null, null)); // went to nobody

        await _sut.LookAsync(default);

        Assert.Equal((Decimal18.Parse("0.6"), 3), (_board.Find(Build.Group())!.Ratio.Round(6, MidpointRounding.ToEven), _board.Find(Build.Group())!.Count));
        Assert.Equal((Decimal18.Parse("1.2"), 2), (_board.Find(card)!.Ratio.Round(6, MidpointRounding.ToEven), _board.Find(card)!.Count));
        Assert.Null(_board.Find(Build.Group(Build.Unit(Build.Needs() with { Gpus = 1, GpuAttributes = [new("vendor/nvidia/model/a100", "true")] }))));
    }

    [Fact]
    public async Task Look_StoreAway_KeepsWhatWasKnown()
    {
        Won(Build.Group(), "0.5", Build.Rival);
        await _sut.LookAsync(default);
        _orders.IsBroken = true;

        await Assert.ThrowsAsync<BidStoreUnavailableException>(() => _sut.LookAsync(default));

        Assert.Equal(1, _board.Find(Build.Group())?.Count);
    }

    [Fact]
    public async Task Look_SwitchedOff_ForgetsEverything()
    {
        Won(Build.Group(), "0.5", Build.Rival);
        await _sut.LookAsync(default);
        _options.Follow.Enabled = false;

        await _sut.LookAsync(default);

        Assert.Null(_board.Find(Build.Group()));
    }

    [Fact]
    public void Validator_Follow_NamesEachMistake()
    {
        var wrong = new PricingOptions { Policy = PricingPolicyKind.Random, Follow = new() { Enabled = true, Undercut = 0.6m, Min = 0, Max = 0.9m, Window = TimeSpan.FromMinutes(1), Samples = 0 } };

        var failure = new PricingOptionsValidator().Validate(null, wrong).FailureMessage;

        foreach (var key in (string[])["enabled", "undercut", "min", "max", "window", "samples"]) Assert.Contains($"pricing.follow.{key}", failure, StringComparison.Ordinal);
    }

    private Quote Quoted(WinnersPrice? winners) => Assert.IsType<PriceResult.Quoted>(Price.By(Build.Group(), _options, facts: new() { Winners = winners })).Quote;

    /// <summary>An order that went for a part of what we would have asked.</summary>
    private void Won(GroupSpec group, string part, AccountAddress winner, TimeSpan? age = null)
    {
        var ours = Price.By(group, _options) is PriceResult.Quoted { Quote.Price.Amount: var amount } ? amount : Decimal18.One;
        var price = Rate.PerTick(ours * Decimal18.Parse(part), group.Units[0].PriceLimit.Denom);
        _orders.Orders.Add(new(Build.OrderId(_orders.Orders.Count + 1), _world.Time.GetUtcNow() - (age ?? TimeSpan.FromHours(1)), group, null, null, winner, price));
    }

    private sealed class ListedOrders : IOrderLog
    {
        public List<RecordedOrder> Orders { get; } = [];

        public bool IsBroken { get; set; }

        public Task RecordAsync(RecordedOrder order, CancellationToken ct) => throw new NotSupportedException("the keeper only reads");

        public Task NoteLeaseAsync(OrderId order, AccountAddress provider, Rate price, CancellationToken ct) => throw new NotSupportedException("the keeper only reads");

        public async IAsyncEnumerable<RecordedOrder> ReadAsync(DateTimeOffset from, DateTimeOffset to, [EnumeratorCancellation] CancellationToken ct)
        {
            await Task.CompletedTask;
            if (IsBroken) throw new BidStoreUnavailableException("the disk is full");
            foreach (var order in Orders.Where(order => order.SeenAt >= from && order.SeenAt < to)) yield return order;
        }
    }
}
