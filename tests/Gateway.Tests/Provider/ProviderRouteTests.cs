using System.Text.Json.Nodes;
using ProviderAgent.Gateway.Tests.Fakes;

namespace ProviderAgent.Gateway.Tests.Provider;

public sealed class ProviderRouteTests
{
    [Fact]
    public async Task Version_ForTheIndexer_HasWhatItNeeds()
    {
        await using var gateway = await GatewayHarness.StartAsync(options => options.CompatibleVersion = "0.17.2");

        using var response = await gateway.SendAsync("GET", "/version", token: null);

        Assert.Equal("application/json; charset=UTF-8", response.Content.Headers.ContentType?.ToString());
        var json = JsonNode.Parse(await response.Content.ReadAsStringAsync())!.AsObject();
        Assert.Equal(["akash", "kube"], json.Select(member => member.Key));
        Assert.Null(json["kube"]);
        var akash = json["akash"]!.AsObject();
        Assert.Equal(["name", "server_name", "version", "commit", "build_tags", "go", "build_deps", "cosmos_sdk_version"], akash.Select(member => member.Key));
        Assert.Equal("provider-agent", akash["name"]!.GetValue<string>());
        Assert.Equal("v0.17.2", akash["version"]!.GetValue<string>());
        Assert.Equal("[]", akash["build_deps"]!.ToJsonString());
    }

    [Fact]
    public async Task Address_IsTheProvidersAccount()
    {
        await using var gateway = await GatewayHarness.StartAsync();

        await Answer.IsJsonAsync(await gateway.SendAsync("GET", "/address", token: null), $$"""{"address":"{{Tokens.Provider}}"}""");
    }

    [Fact]
    public async Task Status_Idle_LeavesOutWhatIsEmpty()
    {
        await using var gateway = await GatewayHarness.StartAsync();

        await Answer.IsJsonAsync(
            await gateway.SendAsync("GET", "/status", token: null),
            $$$$"""{"cluster":{"leases":0,"inventory":{"available":{}}},"bidengine":{"orders":0},"manifest":{"deployments":0},"address":"{{{{Tokens.Provider}}}}"}""");
    }

    [Trait(Pain.Trait, Pain.GpuMiscounted)]
    [Fact]
    public async Task Status_Busy_HasEveryNumberInItsUnit()
    {
        await using var gateway = await GatewayHarness.StartAsync();
        ResourceTotals Totals(long cpu, int gpus, params StorageTotal[] storage) => new(new(cpu), gpus, new(20), new(30), [.. storage]);
        gateway.Status.Read = () => new(
            2, 3, 4, "provider.example.com", TimeSpan.FromHours(24),
            [Totals(8000, 1, new StorageTotal("beta3", new(5)), new StorageTotal("beta3", new(6)))],
            [Totals(500, 0)],
            [new("node1", Totals(64000, 8), Totals(55500, 7))],
            [new("beta3", new(1000))],
            "starting");

        var expected = $$$"""
            {"cluster":{"leases":2,"inventory":{"available":{"nodes":[{"name":"node1","allocatable":{"cpu":64000,"gpu":8,"memory":20,"storage_ephemeral":30},
            "available":{"cpu":55500,"gpu":7,"memory":20,"storage_ephemeral":30}}],"storage":[{"class":"beta3","size":1000}]},
            "active":[{"cpu":8000,"gpu":1,"memory":20,"storage_ephemeral":30,"storage":{"beta3":11}}],"pending":[{"cpu":500,"gpu":0,"memory":20,"storage_ephemeral":30}],"error":"starting"}},
            "bidengine":{"orders":4},"manifest":{"deployments":3},"cluster_public_hostname":"provider.example.com","reclamation_window":86400000000000,"address":"{{{Tokens.Provider}}}"}
            """;
        await Answer.IsJsonAsync(await gateway.SendAsync("GET", "/status", token: null), expected.ReplaceLineEndings(""));
    }
}
