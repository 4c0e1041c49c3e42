using ProviderAgent.Marketplace;

namespace ProviderAgent.Inventory.Tests.Gpus;

public sealed class GpuKeeperTests : IDisposable
{
    private readonly GpuFixture _fixture = new();
    private readonly MemoryStore _store = new();
    private readonly SelfTestRunner _runner;
    private readonly GpuKeeper _sut;

    public GpuKeeperTests()
    {
        _runner = new(new FakeLauncher(), _fixture.Sut, _fixture.Time, new LogProbe<SelfTestRunner>());
        _sut = new(_fixture.Sut, _fixture.Book.Book, _store, _runner, _fixture.Options, _fixture.Time, new LogProbe<GpuKeeper>());
    }

    public void Dispose()
    {
        _sut.Dispose();
        _runner.Dispose();
        _fixture.Dispose();
    }

    [Fact]
    public async Task Picks_OfAnEarlierLife_StayUntilTheMarketHasBeenSeenWhole()
    {
        var (ended, running) = (Order(1), Order(2));
        _store.Picks[ended] = [new(1, 0, GpuMachine.Uuid(1))];
        _store.Picks[running] = [new(1, 0, GpuMachine.Uuid(2))];
        await _sut.StartAsync(default);
        _fixture.Sweep(GpuFixture.Card(1), GpuFixture.Card(2), GpuFixture.Card(3));
        await _sut.TurnAsync(default);
        Assert.Equal([ended, running], _store.Picks.Keys.OrderBy(order => order.Dseq));

        // What it had, it has again, whatever else is free.
        var booked = _fixture.Book.Book.EnsureAssigned(running, GpuOrders.Order(1, "*"));
        Assert.Equal(GpuMachine.Uuid(2), Assert.Single(booked.Allocation.Gpus).Uuid);
        _fixture.Book.Book.AllBooked();
        await _sut.TurnAsync(default);

        Assert.Equal([running], _store.Picks.Keys);
        await _sut.StopAsync(default);
    }

    [Fact]
    public async Task Picks_OfAnOrderThatIsGivenBack_AreForgotten()
    {
        await _sut.StartAsync(default);
        _fixture.Sweep(GpuFixture.Card(1));
        _fixture.Book.Book.AllBooked();
        _fixture.Book.Book.EnsureAssigned(Order(1), GpuOrders.Order(1, "*"));
        Assert.Equal(GpuMachine.Uuid(1), Assert.Single(await _sut.DurablePicksAsync(Order(1), default)).Uuid);
        Assert.Equal([Order(1)], _store.Picks.Keys);

        _fixture.Book.Book.Release(Order(1));
        await _sut.TurnAsync(default);

        Assert.Empty(_store.Picks);
        await _sut.StopAsync(default);
    }

    private static OrderId Order(ulong dseq) => new(AccountAddress.Parse("akash1tenant"), dseq, 1, 1);

    private sealed class MemoryStore : IGpuStore
    {
        public Dictionary<OrderId, ValueList<GpuPick>> Picks { get; } = [];

        public Task<IReadOnlyList<GpuQuarantine>> ListQuarantinesAsync(CancellationToken ct) => Task.FromResult<IReadOnlyList<GpuQuarantine>>([]);

        public Task QuarantineAsync(GpuQuarantine quarantine, CancellationToken ct) => Task.CompletedTask;

        public Task RestoreAsync(string uuid, CancellationToken ct) => Task.CompletedTask;

        public Task<IReadOnlyDictionary<OrderId, ValueList<GpuPick>>> ListPicksAsync(CancellationToken ct) =>
            Task.FromResult<IReadOnlyDictionary<OrderId, ValueList<GpuPick>>>(new Dictionary<OrderId, ValueList<GpuPick>>(Picks));

        public Task PutPicksAsync(OrderId order, ValueList<GpuPick> picks, CancellationToken ct)
        {
            Picks[order] = picks;
            return Task.CompletedTask;
        }

        public Task RemovePicksAsync(OrderId order, CancellationToken ct)
        {
            Picks.Remove(order);
            return Task.CompletedTask;
        }
    }
}
