using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Bidding;

/// <summary>Compares the prices that others have won with to what our price list says of the same orders, again and again.</summary>
/// <remarks>
/// It reads what is recorded, so a restart changes nothing. Our own wins do not count: following ourselves down would never end. The price list is the
/// present one, without what this rule adds, so a new list is compared anew.
/// </remarks>
internal sealed partial class WinnersKeeper(
    WinnersBoard board, IMarketplace market, IEnumerable<IOrderLog> logs, IOptionsMonitor<PricingOptions> options, TimeProvider time, ILogger<WinnersKeeper> log) : BackgroundService
{
    /// <summary>Newest orders of one kind that count; bounds memory.</summary>
    public const int MostOfAKind = 200;

    private const int MostKinds = 500;
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(10);

    private readonly IOrderLog? _log = logs.LastOrDefault();

    /// <summary>One look.</summary>
    /// <exception cref="BidStoreUnavailableException">The orders cannot be read; what is known stays.</exception>
    internal async Task LookAsync(CancellationToken ct)
    {
        var settings = options.CurrentValue;
        if (_log is null || !settings.Follow.Enabled)
        {
            board.Show(new Dictionary<string, WinnersPrice>());
            return;
        }

        var plan = new PricingPlan(settings);
        var ratios = new Dictionary<string, Queue<Decimal18>>(StringComparer.Ordinal);
        var now = time.GetUtcNow();
        await foreach (var order in _log.ReadAsync(now - settings.Follow.Window, now, ct))
        {
            if (order.Winner is not { } winner || winner == market.Account || Compare(plan, order) is not { } ratio) continue;
            var kind = WinnersBoard.KindOf(order.Group);
            if (!ratios.TryGetValue(kind, out var known))
            {
                if (ratios.Count >= MostKinds) continue;
                ratios.Add(kind, known = []);
            }

            known.Enqueue(ratio);
            if (known.Count > MostOfAKind) known.Dequeue();
        }

        board.Show(ratios.ToDictionary(entry => entry.Key, entry => new WinnersPrice(CoinPriceState.Median([.. entry.Value]), entry.Value.Count)));
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            try
            {
                await LookAsync(stoppingToken);
            }
            catch (BidStoreUnavailableException error)
            {
                Log.NotLooked(log, error);
            }

            await Task.Delay(Interval, time, stoppingToken);
        }
    }

    /// <summary>The winner's price as a part of ours; null when the two cannot be compared.</summary>
    private Decimal18? Compare(PricingPlan plan, RecordedOrder order)
    {
        if (plan.AsksOutside || order.WinningPrice is not { Per: TimeBase.Tick, Amount.Sign: > 0 } won) return null;
        var facts = new PricingFacts { Now = order.SeenAt, Akt = order.Akt is { } usd ? new(usd, "recorded", order.SeenAt) : null };
        if (plan.Price(new(order.Order, order.Group, market.Clock) { Facts = facts }) is not PriceResult.Quoted { Quote.Price: { Amount.Sign: > 0 } ours } || ours.Denom != won.Denom) return null;
        return won.Amount / ours.Amount;
    }

    private static partial class Log
    {
        [LoggerMessage(3095, LogLevel.Warning, "What others win with cannot be read now; prices follow what was known", EventName = "WinnersNotRead")]
        public static partial void NotLooked(ILogger logger, Exception error);
    }
}
