using System.Text.Json.Nodes;
using ProviderAgent.Scenarios.Tests.Support;

namespace ProviderAgent.Scenarios.Tests;

/// <summary>Looking before one leaps: a provider that is not registered yet, on a chain with orders.</summary>
public sealed class DryRunTests
{
    [NeedsFact(MachineNeeds.DockerSocket, "nft")]
    public async Task DryRun_BeforeRegistration_DecidesAsTheDaemonWouldAndSpendsNothing()
    {
        await using var trade = await Trade.PrepareAsync();
        trade.WriteConfig(config => config.Replace("provider:\n", "provider:\n  attributes: {region: north}\n", StringComparison.Ordinal));
        var before = (trade.Chain.BalanceOf(trade.Provider, "uakt"), trade.Chain.BalanceOf(trade.Provider, "uact"));
        await trade.DeployAsync(InRegion("north"));
        await trade.DeployAsync(InRegion("moon"));
        await trade.DeployAsync(Trade.Sdl.Replace("units: 0.1", "units: 300", StringComparison.Ordinal));

        var json = await trade.CliAsync("dry-run", "--for", "4s", "--json");
        var text = await trade.CliAsync("dry-run", "--for", "4s", "--cpu", "400", "--memory", "8Gi", "--storage", "100Gi", "--plot", Path.Combine(Path.GetDirectoryName(trade.ConfigFile)!, "dry.png"));

        Assert.True(json.ExitCode == 0, json.Errors);
        var report = JsonNode.Parse(json.Output)!;
        var policy = report["policies"]![0]!;
        Assert.Equal((3, 1), (report["orders"]!.GetValue<int>(), policy["bids"]!.GetValue<int>()));
        Assert.Equal((1, 1), (policy["declined"]!["AttributesMissing"]!.GetValue<int>(), policy["declined"]!["DoesNotFit"]!.GetValue<int>()));
        Assert.True(text.ExitCode == 0, text.Errors);
        Assert.Contains("no bid, AttributesMissing: the order requires region=moon", text.Output);
        Assert.Equal(2, text.Output.Split("would bid").Length - 1); // the other machine has room for the large one
        Assert.True(File.Exists(Path.Combine(Path.GetDirectoryName(trade.ConfigFile)!, "dry.png")));
        Assert.Equal(before, (trade.Chain.BalanceOf(trade.Provider, "uakt"), trade.Chain.BalanceOf(trade.Provider, "uact")));
        Assert.DoesNotContain(await trade.Blocks.ListTransactionsAsync(), transaction => transaction.Has("EventBidCreated"));
    }

    private static string InRegion(string region) => Trade.Sdl.Replace("here: {pricing:", $"here: {{attributes: {{region: {region}}}, pricing:", StringComparison.Ordinal);
}
