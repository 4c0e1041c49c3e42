using System.Runtime.CompilerServices;
using ProviderAgent.Bidding.Tests.Support;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Bidding.Tests.Recording;

public sealed class OrderRecorderTests : IAsyncLifetime
{
    private readonly ManualTimeProvider _time = new();
    private readonly ListLog _orders = new();
    private readonly LogProbe<OrderRecorder> _log = new();
    private readonly MeterProbe _meters = new();
    private readonly OrderRecorder _recorder;

    public OrderRecorderTests() => _recorder = new(
        [_orders], new SettableOptions<BiddingOptions>(new()), new BiddingMetrics(_meters), _time, _log);

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await _recorder.StopAsync(default);
        _recorder.Dispose();
        _meters.Dispose();
    }

    [Fact]
    public async Task Orders_OfOneMoment_AreWrittenTogetherWhenTheyAreDealtWith()
    {
        const int orders = 1000; // more than are written side by side
        await _recorder.StartAsync(default);
        for (var number = 1; number <= orders; number++) _recorder.Seen(new(Build.OrderId(number), Build.Group(), null, 0), null);

        await GatheredAsync();
        Assert.Equal(0, _orders.Count);
        _time.Advance(TimeSpan.FromSeconds(1));

        await Eventually.BecomesTrueAsync("all orders to be kept", () => _orders.Count == orders);
    }

    [Fact]
    public async Task Stop_WhileGathering_WritesWhatIsThere()
    {
        await _recorder.StartAsync(default);
        _recorder.Seen(new(Build.OrderId(1), Build.Group(), null, 0), null);
        await GatheredAsync();

        await _recorder.StopAsync(default);

        Assert.Equal(1, _orders.Count);
    }

    [Fact]
    public async Task Store_Broken_IsSaidOnceAndLaterOrdersAreKept()
    {
        await _recorder.StartAsync(default);
        _orders.IsBroken = true;
        _recorder.Seen(new(Build.OrderId(1), Build.Group(), null, 0), null);
        _recorder.Seen(new(Build.OrderId(2), Build.Group(), null, 0), null);
        await GatheredAsync();
        _time.Advance(TimeSpan.FromSeconds(1));
        await Eventually.BecomesTrueAsync("both tries to fail", () => _meters.Sum("provider_orders_not_recorded_total") == 2);
        Assert.Equal(1, _log.Count("OrderNotRecorded"));

        _orders.IsBroken = false;
        _recorder.Seen(new(Build.OrderId(3), Build.Group(), null, 0), null);
        await GatheredAsync();
        _time.Advance(TimeSpan.FromSeconds(1));

        await Eventually.BecomesTrueAsync("the third to be kept", () => _orders.Count == 1);
    }

    private Task GatheredAsync() => Eventually.BecomesTrueAsync("the recorder to gather", () => _time.TimerCount == 1);

    private sealed class ListLog : IOrderLog
    {
        private int _count;

        public volatile bool IsBroken;

        public int Count => Volatile.Read(ref _count);

        public Task RecordAsync(RecordedOrder order, CancellationToken ct)
        {
            if (IsBroken) return Task.FromException(new BidStoreUnavailableException("the disk is full"));
            Interlocked.Increment(ref _count);
            return Task.CompletedTask;
        }

        public Task NoteLeaseAsync(OrderId order, AccountAddress provider, Rate price, CancellationToken ct) => Task.CompletedTask;

        public async IAsyncEnumerable<RecordedOrder> ReadAsync(DateTimeOffset from, DateTimeOffset to, [EnumeratorCancellation] CancellationToken ct)
        {
            await Task.CompletedTask;
            yield break;
        }
    }
}
