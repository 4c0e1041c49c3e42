using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using ProviderAgent.Chain.Numbers;
using ProviderAgent.Chain.Wire.Bme;
using ProviderAgent.Chain.Wire.Oracle;
using ProviderAgent.Devnet.Errors;
using ProviderAgent.Devnet.State.Rows;
using ProviderAgent.Devnet.Wires;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Devnet.Queries;

/// <summary>What coins are worth, and what becomes of those that are to become others.</summary>
internal static class MoneyQueries
{
    private const string OraclePath = "/akash.oracle.v2.Query/AggregatedPrice";
    private const string OlderOraclePath = "/akash.oracle.v1.Query/AggregatedPrice";

    public static IReadOnlyList<QueryMethod> Methods { get; } =
    [
        QueryMethod.Of("/akash.bme.v1.Query/Params", context => new QueryParamsResponse { Params = context.State.Parameters.Bme.ToWire() }),
        QueryMethod.Of("/akash.bme.v1.Query/Status", context => context.State.Parameters.Bme.ToStatus()),
        QueryMethod.Of("/akash.bme.v1.Query/LedgerRecords", QueryLedgerRecordsRequest.Parser, Records),
        QueryMethod.Of(OraclePath, QueryAggregatedPriceRequest.Parser, (context, request) => Price(context, request, isNew: true)),
        QueryMethod.Of(OlderOraclePath, QueryAggregatedPriceRequest.Parser, (context, request) => Price(context, request, isNew: false)),
    ];

    private static IMessage Records(QueryContext context, QueryLedgerRecordsRequest request)
    {
        var filter = request.Filters ?? new();
        var page = new StatePaging<BmeRecordId, BmeRow>(context.State.BmeRecords, WireEnums.LedgerRecordStates, BmeRecordId.Order, row => row.Id, BmeRecordId.TryParse)
            .Read(request.Pagination, filter.Status, byId: false, row =>
                (filter.Source.Length == 0 || filter.Source == row.Entry.Id.Source)
                && (filter.Denom.Length == 0 || filter.Denom == row.Entry.Id.Denom)
                && (filter.ToDenom.Length == 0 || filter.ToDenom == row.Entry.Id.ToDenom));
        return new QueryLedgerRecordsResponse { Records = { page.Rows.Select(row => row.Entry) }, Pagination = page.Info };
    }

    /// <summary>Named without the prefix for a millionth: <c>akt</c>, <c>act</c>.</summary>
    private static QueryAggregatedPriceResponse Price(QueryContext context, QueryAggregatedPriceRequest request, bool isNew)
    {
        // One module replaced the other with node 2.1.
        if (context.State.Parameters.HasReclamation != isNew) throw QueryException.Of(SdkErrors.UnknownRequest, "unknown query path");
        if (request.Denom is not ("akt" or "act")) throw QueryException.NotFound($"no price for {request.Denom}");
        var usd = context.State.Parameters.Bme.UsdOf(Denom.Parse("u" + request.Denom));
        var price = LegacyDec.Format(usd ?? Decimal18.Zero);
        var health = new PriceHealth { Denom = request.Denom, IsHealthy = usd is not null, HasMinSources = usd is not null, DeviationOk = true, TotalSources = 3, TotalHealthySources = usd is null ? 0u : 3 };
        if (usd is null) health.FailureReason.Add("insufficient price sources");
        return new QueryAggregatedPriceResponse
        {
            AggregatedPrice = new()
            {
                Denom = request.Denom,
                Twap = price,
                MedianPrice = price,
                MinPrice = price,
                MaxPrice = price,
                Timestamp = Timestamp.FromDateTimeOffset(context.Engine.View().Latest?.Time ?? context.Engine.Genesis.Time),
                NumSources = health.TotalHealthySources,
            },
            PriceHealth = health,
        };
    }
}
