using System.Text.Json;
using ProviderAgent.Inventory.Tests.Reservations;

namespace ProviderAgent.Inventory.Tests.Reporting;

public sealed class InventoryReportTests : IDisposable
{
    private readonly BookFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Trait(Pain.Trait, Pain.StatusIsWrong)]
    [Fact]
    public void Of_BookInUse_SerialisesToPlainNumbers()
    {
        _fixture.Reserve(1, Groups.Small());
        _fixture.Book.EnsureAssigned(Groups.Order(2), Groups.Small(milli: 3000));

        var report = InventoryReport.Of(_fixture.Book.Snapshot);
        using var json = JsonDocument.Parse(JsonSerializer.Serialize(report));

        Assert.Equal((1, 1), (report.PendingReservations, report.ActiveReservations));
        var cpu = json.RootElement.GetProperty("Resources").EnumerateArray().Single(resource => resource.GetProperty("Name").GetString() == "cpu");
        Assert.Equal((8000, 4000, 4000), (cpu.GetProperty("Total").GetInt64(), cpu.GetProperty("Used").GetInt64(), cpu.GetProperty("Free").GetInt64()));
        Assert.Equal("ram", json.RootElement.GetProperty("StorageClasses")[0].GetString());
    }

    [Fact]
    public void Of_UnmeasurableHost_SellsNothingAndSaysWhy()
    {
        _fixture.Book.Unmeasured("broken");

        var report = InventoryReport.Of(_fixture.Book.Snapshot);

        Assert.Equal("broken", report.Problem);
        Assert.All(report.Resources, resource => Assert.False(resource.ForSale));
    }

    [Fact]
    public void Metrics_BookInUse_ShowBaseUnitsWithoutIds()
    {
        _fixture.Reserve(1, Groups.Small());
        _fixture.Book.EnsureAssigned(Groups.Order(2), Groups.Small(milli: 3000));

        Assert.Equal(8, _fixture.Meters.Gauge("provider_inventory_allocatable_total", "quantity=cpu"));
        Assert.Equal(4, _fixture.Meters.Gauge("provider_inventory_available_total", "quantity=cpu"));
        Assert.Equal(3, _fixture.Meters.Gauge("provider_inventory_reservations_total", "classification=active", "quantity=cpu"));
        Assert.Equal(1, _fixture.Meters.Gauge("provider_inventory_reservations_total", "classification=pending", "quantity=quantity"));
        Assert.Equal(1, _fixture.Meters.Gauge("provider_inventory_selling"));
        Assert.Subset(new HashSet<string> { "quantity", "classification", "action", "result" }, _fixture.Meters.TagNames().ToHashSet());
    }
}
