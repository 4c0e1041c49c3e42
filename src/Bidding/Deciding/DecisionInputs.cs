using System.Text.Json;
using System.Text.Json.Serialization;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Bidding;

/// <summary>The stored form of what a decision was made from. Only plain names, texts and numbers, so that it can be read by anything.</summary>
/// <remarks>Lists and texts that a tenant controls are cut, so that no order can fill the ledger.</remarks>
internal sealed record DecisionInputs(int Schema, OrderInputs Order, HostInputs Host, PricingInputs? Pricing, QuoteInputs? Quote)
{
    /// <summary>Number of this form; raised when a field changes its meaning.</summary>
    public const int CurrentSchema = 1;

    private const int MaxItems = 64;
    private const int MaxText = 256;

    public static string ToJson(OrderFacts order, HostFacts host, Quote? quote, PricingFacts? pricing = null) =>
        JsonSerializer.Serialize(new(CurrentSchema, Of(order), Of(host), pricing is null ? null : Of(pricing), quote is null ? null : Of(quote)), DecisionJson.Default.DecisionInputs);

    private static OrderInputs Of(OrderFacts order) => new(
        order.Id.ToString(),
        order.MinReclaimWindow?.TotalSeconds,
        order.BidCount,
        Cut(order.Group.Name),
        Attributes(order.Group.Requirements.Attributes),
        Texts(order.Group.Requirements.SignedByAll),
        Texts(order.Group.Requirements.SignedByAny),
        [.. order.Group.Units.Take(MaxItems).Select(Of)]);

    private static UnitInputs Of(ResourceUnit unit) => new(
        unit.Resources.Id,
        unit.Count,
        unit.Resources.Cpu.Value,
        unit.Resources.Memory.Bytes,
        unit.Resources.Gpus,
        Attributes(unit.Resources.GpuAttributes),
        [.. unit.Resources.Storage.Take(MaxItems).Select(volume => new VolumeInputs(Cut(volume.Name), volume.Size.Bytes, Attributes(volume.Attributes)))],
        [.. unit.Resources.Endpoints.Take(MaxItems).Select(endpoint => new EndpointInputs(endpoint.Kind.ToString(), endpoint.Sequence))],
        Of(unit.PriceLimit));

    private static HostInputs Of(HostFacts host) => new(
        host.Account.Value,
        host.Draining,
        host.Paused,
        host.WebProblem,
        host.Record is not null,
        Attributes(host.Record?.Attributes ?? []),
        [.. host.Audits.Take(MaxItems).Select(audit => new AuditInputs(audit.Auditor.Value, Attributes(audit.Attributes)))],
        Texts(host.Parameters.MinBidDeposits),
        host.Parameters.MaxBidsPerOrder,
        host.Parameters.ReclaimWindow is { } bounds ? [bounds.Min.TotalSeconds, bounds.Max.TotalSeconds] : null,
        host.Clock.TicksPerMonth.ToString(),
        host.Inventory.Problem,
        [.. host.Inventory.Lines.Select(line => new StockInputs(line.Kind.ToString(), line.Total, line.Free))],
        host.Inventory.SellsRam,
        host.OpenBids,
        host.MaxOpenBids,
        host.ReclaimWindow?.TotalSeconds,
        host.Deposit?.ToString(),
        host.Balance?.ToString(),
        host.DepositBudget?.ToString(),
        [.. host.Fees.Select(limit => $"{limit.Spent} of {limit.Budget} ({limit.Setting})")],
        [.. host.Lists.Lists.Select(list => $"{list.Name}: {list.Effect} {list.Subject}, {list.Entries.Count} entries{(list.Problem is null ? "" : ", not read")}")],
        Texts(host.Filters),
        Texts(host.Coins),
        host.MaxOrderAge?.TotalSeconds,
        host.SpareSlots,
        host.Tick?.Value);

    private static PricingInputs Of(PricingFacts facts) => new(
        facts.Now,
        facts.Akt?.Usd.ToString(),
        facts.Akt?.Source,
        facts.Akt?.At,
        facts.ReclaimWindow?.TotalSeconds,
        [.. facts.Gpus.Take(MaxItems).Select(gpu => new PickedGpuInputs(gpu.Unit, gpu.Model, gpu.Ram, gpu.Interface, gpu.Uuid))]);

    private static QuoteInputs Of(Quote quote) => new(
        Of(quote.Price),
        quote.UsdPerMonth?.ToString(),
        quote.LineUnit,
        [.. quote.Lines.Select(line => new QuoteLineInputs(line.Item, line.Quantity, line.Rate.ToString(), line.Amount.ToString()))]);

    private static RateInputs Of(Rate rate) => new(rate.Amount.ToString(), rate.Denom.Value, rate.Per.ToString());

    private static string[] Attributes(ValueList<MarketAttribute> attributes) => Texts(attributes);

    private static string[] Texts<T>(ValueList<T> items) => [.. items.Take(MaxItems).Select(item => Cut(item?.ToString() ?? ""))];

    private static string Cut(string text) => text.Length > MaxText ? text[..MaxText] : text;
}

internal sealed record OrderInputs(
    string Id,
    double? MinReclaimWindowSeconds,
    int? BidCount,
    string GroupName,
    string[] Attributes,
    string[] SignedByAll,
    string[] SignedByAny,
    UnitInputs[] Units);

internal sealed record UnitInputs(
    uint Id, int Count, long MilliCpu, long MemoryBytes, int Gpus, string[] GpuAttributes, VolumeInputs[] Storage, EndpointInputs[] Endpoints, RateInputs PriceLimit);

internal sealed record VolumeInputs(string Name, long Bytes, string[] Attributes);

internal sealed record EndpointInputs(string Kind, uint Sequence);

internal sealed record HostInputs(
    string Account,
    string? Draining,
    string? Paused,
    string? WebProblem,
    bool Registered,
    string[] Attributes,
    AuditInputs[] Audits,
    string[] MinBidDeposits,
    int MaxBidsPerOrder,
    double[]? ReclaimBoundsSeconds,
    string TicksPerMonth,
    string? InventoryProblem,
    StockInputs[] Stock,
    bool SellsRam,
    int OpenBids,
    int MaxOpenBids,
    double? ReclaimWindowSeconds,
    string? Deposit,
    string? Balance,
    string? DepositBudget,
    string[] Fees,
    string[] Lists,
    string[] Filters,
    string[] Coins,
    double? MaxOrderAgeSeconds,
    int SpareSlots,
    long? Tick);

internal sealed record PricingInputs(DateTimeOffset Now, string? UsdPerAkt, string? AktSource, DateTimeOffset? AktReadAt, double? ReclaimWindowSeconds, PickedGpuInputs[] PickedGpus);

internal sealed record PickedGpuInputs(uint Unit, string Model, string? Ram, string? Interface, string? Uuid);

internal sealed record AuditInputs(string Auditor, string[] Attributes);

internal sealed record StockInputs(string Resource, long Total, long Free);

internal sealed record QuoteInputs(RateInputs Price, string? UsdPerMonth, string LineUnit, QuoteLineInputs[] Lines);

internal sealed record QuoteLineInputs(string Item, string Quantity, string Rate, string Amount);

internal sealed record RateInputs(string Amount, string Denom, string Per);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(DecisionInputs))]
internal sealed partial class DecisionJson : JsonSerializerContext;
