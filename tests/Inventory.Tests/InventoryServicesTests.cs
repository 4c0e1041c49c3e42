using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace ProviderAgent.Inventory.Tests;

public sealed class InventoryServicesTests
{
    [Fact]
    public async Task AddInventory_Twice_GivesOneWorkingRoom()
    {
        using var folder = new TempFolder();
        await using var services = new ServiceCollection().AddLogging().AddSingleton<EngineDataFolder>(() => folder.Path)
            .AddInventory().AddInventory().BuildServiceProvider(new ServiceProviderOptions { ValidateOnBuild = true, ValidateScopes = true });

        var monitor = Assert.IsType<HostMonitor>(Assert.Single(services.GetServices<IHostedService>(), service => service is HostMonitor));
        await monitor.StartAsync(default);

        var book = services.GetRequiredService<IReservationBook>();
        Assert.Same(book, services.GetRequiredService<IReservationBook>());
        Assert.Null(book.Snapshot.Problem);
        Assert.True(book.Snapshot[ResourceKind.Cpu].Total > 0);
        await monitor.StopAsync(default);
    }
}
