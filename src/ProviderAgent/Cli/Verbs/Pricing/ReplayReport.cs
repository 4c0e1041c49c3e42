using System.Text.Json.Serialization;
using ProviderAgent.Inventory;

namespace ProviderAgent.Cli.Verbs.Pricing;

/// <param name="Schema">Version of this document.</param>
/// <param name="From">When the first order was seen; null without orders.</param>
/// <param name="To">When the last order was seen.</param>
/// <param name="Orders">Orders that were read.</param>
/// <param name="Unreadable">Records that were left out because they are damaged.</param>
/// <param name="LeaseHours">How long a lease was taken to last.</param>
/// <param name="Host">The host that was reckoned with.</param>
/// <param name="Policies">What each policy would have made of them.</param>
internal sealed record ReplayReport(int Schema, DateTimeOffset? From, DateTimeOffset? To, long Orders, long Unreadable, double LeaseHours, HostReport Host, IReadOnlyList<PolicyReport> Policies);

/// <param name="Source">Where its size is from, for people.</param>
/// <param name="Millicpu">Processor time for sale.</param>
/// <param name="MemoryBytes">Memory for sale.</param>
/// <param name="StorageBytes">Disk for sale.</param>
/// <param name="Gpus">GPUs for sale by model.</param>
internal sealed record HostReport(string Source, long Millicpu, long MemoryBytes, long StorageBytes, IReadOnlyDictionary<string, int> Gpus)
{
    public static HostReport Of(InventorySnapshot stock, string source) => new(
        source,
        stock[ResourceKind.Cpu].Total,
        stock[ResourceKind.Memory].Total,
        stock[ResourceKind.Storage].Total,
        stock.Gpus.Select(gpu => gpu.Card.Model).OfType<GpuModel>().GroupBy(model => model.ToString()).ToDictionary(model => model.Key, model => model.Count()));
}

/// <param name="Policy">The file, or the configuration.</param>
/// <param name="Bids">Orders that it would have bid on.</param>
/// <param name="Wins">Bids that would have been the cheapest.</param>
/// <param name="Leases">Wins that found room.</param>
/// <param name="Missed">Orders that found no room, and so got no bid.</param>
/// <param name="IncomeUsd">What the leases would have paid.</param>
/// <param name="IncomeUsdPerMonth">The same for 30.437 days; null for less than an hour of orders.</param>
/// <param name="PriceUsd">Price of the bids, USD a month: tenth, half, nine tenths of them do not exceed it.</param>
/// <param name="Utilisation">Part of the host that was leased on average.</param>
/// <param name="Declined">Declined orders by reason.</param>
/// <param name="Histogram">Bids by price.</param>
internal sealed record PolicyReport(
    string Policy,
    long Bids,
    long Wins,
    long Leases,
    long Missed,
    string IncomeUsd,
    string? IncomeUsdPerMonth,
    PriceQuantiles PriceUsd,
    UtilisationReport Utilisation,
    IReadOnlyDictionary<string, long> Declined,
    IReadOnlyList<PriceBar> Histogram);

/// <param name="P10">A tenth of the bids.</param>
/// <param name="P50">Half of them.</param>
/// <param name="P90">Nine tenths.</param>
internal sealed record PriceQuantiles(double? P10, double? P50, double? P90);

/// <param name="Cpu">Of the processor, 0 to 1.</param>
/// <param name="Memory">Of the memory.</param>
/// <param name="Storage">Of the disk.</param>
/// <param name="Gpus">Of the devices.</param>
internal sealed record UtilisationReport(double Cpu, double Memory, double Storage, double Gpus);

/// <param name="UpToUsd">Upper end, USD a month.</param>
/// <param name="Bids">How many bids.</param>
internal sealed record PriceBar(double UpToUsd, long Bids);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
[JsonSerializable(typeof(ReplayReport))]
internal sealed partial class ReplayJson : JsonSerializerContext;
