using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Bidding;

/// <summary>Reads the price of AKT again and again: the market's oracle first, then the configured sources.</summary>
internal sealed partial class CoinPriceKeeper(
    CoinPriceBoard board, IEnumerable<ICoinPriceOracle> oracles, IOptionsMonitor<PricingOptions> options, BiddingMetrics metrics, TimeProvider time, ILogger<CoinPriceKeeper> log) : BackgroundService, ICoinPrices
{
    private static readonly Denom Uakt = Denom.Parse("uakt");

    private readonly HttpClient _http = SmallBody.CreateClient(connections: 4);
    private readonly ICoinPriceOracle? _oracle = oracles.LastOrDefault();
    private bool _wasKnown = true;

    public override void Dispose()
    {
        _http.Dispose();
        base.Dispose();
    }

    /// <inheritdoc/>
    public async Task<CoinPrice?> ReadAsync(CancellationToken ct)
    {
        await ReadOnceAsync(ct);
        return board.Usable(out _);
    }

    /// <summary>One reading.</summary>
    internal async Task ReadOnceAsync(CancellationToken ct)
    {
        var settings = options.CurrentValue.CoinPrice;
        var problems = new List<string>();
        if (settings.Oracle && _oracle is not null && await AskOracleAsync(settings, problems, ct) is { } told)
        {
            board.State = board.State.Read(told, "the market's oracle", time.GetUtcNow(), settings);
            return;
        }

        var answers = await Task.WhenAll(settings.Sources.Select(source => AskAsync(source, settings, ct)));
        problems.AddRange(answers.Where(answer => answer.Price is null).Select(answer => answer.Problem));
        Decimal18[] prices = [.. answers.Select(answer => answer.Price).OfType<Decimal18>()];
        if (prices.Length >= settings.MinSources)
            board.State = board.State.Read(CoinPriceState.Median(prices), prices.Length == 1 ? "one source" : $"the median of {prices.Length} sources", time.GetUtcNow(), settings);
        else
            board.State = board.State.Failed(problems.Count > 0 ? string.Join("; ", problems) : "no source of coin prices is configured (pricing.coin_price)");
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            await ReadOnceAsync(stoppingToken);
            Report();
            await Task.Delay(options.CurrentValue.CoinPrice.Interval, time, stoppingToken);
        }
    }

    private async Task<Decimal18?> AskOracleAsync(CoinPriceOptions settings, List<string> problems, CancellationToken ct)
    {
        using var deadline = new CancellationTokenSource(settings.Timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, deadline.Token);
        try
        {
            var told = await _oracle!.FindUsdAsync(Uakt, either.Token);
            if (told is { Sign: > 0 }) return told;
            problems.Add(told is null ? "the market's oracle has no price" : $"the market's oracle says {told}");
        }
        catch (MarketUnavailableException error)
        {
            problems.Add($"the market's oracle cannot be asked: {error.Message}");
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            problems.Add("the market's oracle does not answer");
        }

        return null;
    }

    private async Task<(Decimal18? Price, string Problem)> AskAsync(CoinPriceSourceOptions source, CoinPriceOptions settings, CancellationToken ct)
    {
        using var deadline = new CancellationTokenSource(settings.Timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, deadline.Token);
        try
        {
            var (price, problem) = await CoinPriceReader.ReadAsync(_http, source, either.Token);
            return (price, $"{source.Url?.Host}: {problem}");
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return (null, $"{source.Url?.Host}: no answer within {settings.Timeout.TotalSeconds:0.#} s");
        }
    }

    private void Report()
    {
        var settings = options.CurrentValue.CoinPrice;
        var isWanted = settings.Sources.Count > 0 || (settings.Oracle && _oracle is not null);
        var usable = board.Usable(out var problem);
        metrics.CoinPrice = usable is null ? null : (double)usable.Usd.Atomics / 1e18;
        if (isWanted && usable is null && _wasKnown) Log.PriceUnknown(log, problem);
        if (usable is not null && !_wasKnown) Log.PriceKnown(log, usable.Usd.ToString(), usable.Source);
        _wasKnown = usable is not null || !isWanted;
    }

    private static partial class Log
    {
        [LoggerMessage(3081, LogLevel.Warning, "The price of AKT is not known ({Problem}); orders in uakt are not bid on meanwhile", EventName = "CoinPriceUnknown")]
        public static partial void PriceUnknown(ILogger logger, string problem);

        [LoggerMessage(3082, LogLevel.Information, "The price of AKT is {Usd} USD by {Source}", EventName = "CoinPriceKnown")]
        public static partial void PriceKnown(ILogger logger, string usd, string source);
    }
}
