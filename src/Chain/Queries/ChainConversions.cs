using ProviderAgent.Chain.Keys;
using ProviderAgent.Chain.Numbers;
using ProviderAgent.Chain.Wire.Bme;
using ProviderAgent.Chain.Wire.Oracle;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Chain.Queries;

/// <summary>The chain's module that burns one coin and mints another, and its oracle.</summary>
/// <remarks>Every failure is a <see cref="MarketUnavailableException"/>.</remarks>
internal sealed class ChainConversions(AbciReader reader, Capabilities capabilities, ISigner signer) : IMarketConversions
{
    private const string PendingName = "ledger_record_status_pending";

    // Far more than can be waiting: each costs a fee, and all are carried out every few blocks.
    private const int MaxPending = 10_000;

    private static readonly Denom Earned = Denom.Parse("uact");
    private static readonly Denom FeeCoin = Denom.Parse("uakt");

    public async Task<ConversionTerms> GetTermsAsync(CancellationToken ct)
    {
        var parameters = (await reader.GetAsync(QueryPaths.ConversionParams, new QueryParamsRequest(), QueryParamsResponse.Parser, ct)).Params ?? throw Unreadable("the terms of conversion are missing");
        var status = await reader.GetAsync(QueryPaths.ConversionStatus, new QueryStatusRequest(), QueryStatusResponse.Parser, ct);
        var (from, to) = (await FindUsdAsync(Earned, ct), await FindUsdAsync(FeeCoin, ct));
        var rate = from is { } one && to is { Sign: > 0 } other ? Decimal18.Divide(one, other, MidpointRounding.ToZero) : (Decimal18?)null;
        try
        {
            if (parameters.MinEpochBlocks < 1) throw new MalformedWireException($"an epoch has {parameters.MinEpochBlocks} blocks");
            var least = parameters.MinMint.Select(coin => WireCoins.ToCoin(coin, "the least conversion")).FirstOrDefault(coin => coin.Denom == FeeCoin, new(0, FeeCoin));
            return new(Earned, FeeCoin, Halted(status, rate), rate, WireInteger.ToInt(parameters.SettleSpreadBps, "the spread"), least, parameters.MinEpochBlocks);
        }
        catch (MalformedWireException e)
        {
            throw Unreadable(e.Message, e);
        }
    }

    public async Task<IReadOnlyList<Conversion>> ListPendingAsync(CancellationToken ct)
    {
        var filters = new LedgerRecordFilters { Source = signer.Address.Value, Status = PendingName };
        var found = new List<Conversion>();
        var pages = Pages.ReadAsync(
            (page, stop) => reader.GetAsync(QueryPaths.ConversionRecords, new QueryLedgerRecordsRequest { Filters = filters, Pagination = page }, QueryLedgerRecordsResponse.Parser, stop),
            answer => answer.Records,
            answer => answer.Pagination,
            ct);
        await foreach (var record in pages)
        {
            // Filtered again: a node may know the filters by other names and leave one out.
            if (record.Id?.Source != signer.Address.Value || record.Status != LedgerRecordStatus.Pending || record.PendingRecord is not { } pending) continue;
            try
            {
                found.Add(new(
                    WireCoins.ToCoin(pending.CoinsToBurn, "a conversion"),
                    WireCoins.ToDenom(pending.DenomToMint, "a conversion"),
                    new(record.Id.Height),
                    WireInteger.ToInt(pending.Attempts, "attempts")));
            }
            catch (MalformedWireException e)
            {
                throw Unreadable(e.Message, e);
            }

            if (found.Count > MaxPending) throw Unreadable($"more than {MaxPending} conversions wait");
        }

        return found;
    }

    public async Task<Decimal18?> FindUsdAsync(Denom denom, CancellationToken ct)
    {
        // The oracle knows coins, not their millionths.
        if (!denom.Value.StartsWith('u') || denom.Value.Length < 2) return null;
        var path = await capabilities.HasReclamationAsync(ct) ? QueryPaths.OraclePrice : QueryPaths.OlderOraclePrice;
        var answer = await reader.FindAsync(path, new QueryAggregatedPriceRequest { Denom = denom.Value[1..] }, QueryAggregatedPriceResponse.Parser, ct);
        if (answer is not { AggregatedPrice: { } price, PriceHealth.IsHealthy: true }) return null;
        if (price.Denom.Length > 0 && price.Denom != denom.Value[1..]) throw Unreadable($"the oracle answers about {WireText.Shorten(price.Denom)}");
        try
        {
            return LegacyDec.Parse(price.Twap) is { Sign: > 0 } usd ? usd : null;
        }
        catch (MalformedWireException e)
        {
            throw Unreadable(e.Message, e);
        }
    }

    private static string? Halted(QueryStatusResponse status, Decimal18? rate)
    {
        if (status.Status == MintStatus.HaltOracle) return "the market's oracle is not trusted now (mint_status_halt_oracle)";
        if (!status.RefundsAllowed) return $"the market allows no conversion now (status {(int)status.Status})";
        return rate is null ? "the market's oracle has no healthy price now" : null;
    }

    private static MarketUnavailableException Unreadable(string cause, Exception? inner = null) => new($"conversions cannot be represented: {cause}", isTransient: false, inner);
}
