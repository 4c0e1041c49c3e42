using ProviderAgent.Marketplace;

namespace ProviderAgent.Inventory;

/// <summary>A snapshot as plain names and numbers, ready for JSON.</summary>
/// <param name="Problem">Why nothing is for sale; null when selling.</param>
/// <param name="CpuModel">For people; empty before the first measurement.</param>
/// <param name="Limits">What makes less available than the machine has.</param>
/// <param name="MeasuredAt">Wall time; null before the first measurement.</param>
/// <param name="Resources">One entry per countable resource.</param>
/// <param name="StorageClasses">Classes of volumes for sale beside the writable layer.</param>
/// <param name="PendingReservations">Set aside for bids.</param>
/// <param name="ActiveReservations">Leased.</param>
public sealed record InventoryReport(
    string? Problem,
    string CpuModel,
    ValueList<string> Limits,
    DateTimeOffset? MeasuredAt,
    ValueList<ResourceReport> Resources,
    ValueList<string> StorageClasses,
    int PendingReservations,
    int ActiveReservations)
{
    public static InventoryReport Of(InventorySnapshot snapshot) => new(
        snapshot.Problem,
        snapshot.Host?.CpuModel ?? "",
        snapshot.Host?.Limits ?? [],
        snapshot.Host?.MeasuredAt,
        snapshot.Lines.Select(line => new ResourceReport(
            line.Kind.ToString().ToLowerInvariant(), Unit(line.Kind), line.Total, line.Used, line.Free, snapshot.Problem is null && line.IsForSale, line.Fault)).ToValueList(),
        [.. snapshot.SellsRam ? [StorageVolume.RamClass] : Array.Empty<string>(), .. snapshot.PersistentClasses],
        snapshot.Reservations.Values.Count(reservation => !reservation.IsAssigned),
        snapshot.Reservations.Values.Count(reservation => reservation.IsAssigned));

    private static string Unit(ResourceKind kind) => kind switch
    {
        ResourceKind.Cpu => "millicpu",
        ResourceKind.Memory or ResourceKind.Storage => "bytes",
        _ => "devices",
    };
}

/// <summary>One countable resource.</summary>
/// <param name="Name">Lower-case name of the <see cref="ResourceKind"/>.</param>
/// <param name="Unit"><c>millicpu</c>, <c>bytes</c> or <c>devices</c>.</param>
/// <param name="Total">What may be sold in all.</param>
/// <param name="Used">Reserved or leased.</param>
/// <param name="Free">Still for sale.</param>
/// <param name="ForSale">False when nothing more of it is sold, whatever is free.</param>
/// <param name="Fault">Why its books cannot be trusted; null while they can.</param>
public sealed record ResourceReport(string Name, string Unit, long Total, long Used, long Free, bool ForSale, string? Fault);
