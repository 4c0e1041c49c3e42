using System.Globalization;
using System.Text.Json.Nodes;
using ProviderAgent.Scenarios.Tests.Support;

namespace ProviderAgent.Scenarios.Tests;

/// <summary>An order becomes a metered, paid container, and nothing is left of it at the end.</summary>
public sealed class MainJobTests : IDisposable
{
    private readonly DiskFolder _disks = new();

    public void Dispose() => _disks.Dispose();

    [Trait(Pain.Trait, Pain.NoMetrics)]
    [NeedsRootFact(MachineNeeds.DockerSocket, "nft", "mkfs.ext4", "losetup")]
    public async Task AnOrder_BecomesAMeteredPaidContainer()
    {
        await using var trade = await Trade.PrepareAsync();
        trade.WriteConfig(text => text.Replace(TradeConfig.NoDisks, TradeConfig.DefaultDisks(_disks.Path), StringComparison.Ordinal));
        await trade.RegisterAsync();
        await trade.StartAgentAsync();
        var before = trade.Chain.BalanceOf(trade.Provider, "uact");
        await trade.ForgetImageAsync();

        var (lease, container) = await trade.OpenLeaseAsync();
        Assert.Contains("Pulled " + Trade.Image, trade.Agent.Log);
        Assert.Equal(64 * 1024 * 1024, container.HostConfig.Memory);
        Assert.Contains("no-new-privileges:true", container.HostConfig.SecurityOpt ?? []);
        await trade.BecomesTrueAsync("its disk to be held to what was leased", async () =>
            (await trade.ReadAsync("/api/v1/leases"))["leases"]![0]?["services"]?[0]?["instances"]?[0]?["disk"] is { } disk && disk["limit_enforced"]!.GetValue<bool>() && disk["limit_bytes"]!.GetValue<long>() == 128 << 20);
        await trade.BecomesTrueAsync("the workload's own words", async () => (await ReadLogsAsync(trade, lease)).Contains("ready to serve"));

        await trade.BecomesTrueAsync("three samples", async () => Measured(await trade.ReadAsync("/api/v1/earnings")) >= 3);
        await trade.BecomesTrueAsync("a whole coin to be owed", async () => Owed(await trade.ReadAsync("/api/v1/earnings")) >= 1);
        var withdrawn = await trade.CliAsync("withdraw", "--json");
        Assert.True(withdrawn.ExitCode == 0, withdrawn.Errors);
        Assert.Equal("paid", JsonNode.Parse(withdrawn.Output)!["withdrawals"]![0]!["end"]!.ToString());

        var inventory = await trade.CliAsync("inventory", "--json");
        Assert.True(inventory.ExitCode == 0, inventory.Errors);
        var stock = JsonNode.Parse(inventory.Output)!;
        Assert.Equal((100, true), (stock["cpu"]!["leased_millicpu"]!.GetValue<int>(), stock["engine"]!["live_restore"]!.GetValue<bool>()));
        Assert.NotEqual("", stock["engine"]!["version"]!.ToString());

        await trade.EndAsync(lease, before);
        await trade.BecomesTrueAsync("its disk to be gone", () => Task.FromResult(_disks.IsEmpty));
        var stopped = await trade.Agent.StopAsync();
        Assert.Equal(0, stopped.ExitCode);
        Assert.DoesNotContain("ERROR", stopped.Errors);
    }

    private static double Measured(JsonNode earnings) => earnings["leases"]!.AsArray().Sum(lease => lease!["measured_seconds"]!.GetValue<double>());

    private static decimal Owed(JsonNode earnings) => earnings["owed"]!["uact"] is { } owed ? decimal.Parse(owed.ToString(), CultureInfo.InvariantCulture) : 0;

    private static async Task<List<string>> ReadLogsAsync(Trade trade, Marketplace.LeaseId lease)
    {
        var lines = new List<string>();
        await foreach (var line in trade.Tenant.LogsAsync(lease)) lines.Add(line.Message);
        return lines;
    }
}
