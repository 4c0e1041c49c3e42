using ProviderAgent.Marketplace;
using ProviderAgent.Scenarios.Tests.Support;

namespace ProviderAgent.Scenarios.Tests;

/// <summary>Two orders for a GPU each become two containers that see one card each: from the driver's list to the device in the container.</summary>
public sealed class GpuTradeTests
{
    private const string Sdl = $$$$"""
        version: "2.0"
        services:
          web:
            image: {{{{Trade.Image}}}}
            command: ["sh", "-c"]
            args: ["mkdir -p /tmp/www && echo hello from the lease > /tmp/www/index.html && exec httpd -f -p 80 -h /tmp/www"]
            env: [NVIDIA_VISIBLE_DEVICES=all]
            expose: [{port: 80, as: 8080, to: [{global: true}]}]
        profiles:
          compute:
            web:
              resources:
                cpu: {units: 0.1}
                memory: {size: 64Mi}
                storage: {size: 128Mi}
                gpu: {units: 1, attributes: {vendor: {nvidia: [{model: rtx4090}]}}}
          placement:
            here: {pricing: {web: {denom: uact, amount: 1000000}}}
        deployment:
          web: {here: {profile: web, count: 1}}
        """;

    [Trait(Pain.Trait, Pain.GpusStolen)]
    [NeedsRootFact("dockerd", "nft", "gcc")]
    public async Task TwoOrdersWithAGpuEach_EachContainerSeesItsOwnCardOnly()
    {
        using var folder = new TempFolder();
        var machine = new GpuMachine(folder.File("gpus.conf"));
        machine.Add(1);
        machine.Add(2);
        machine.Write();
        await using var engine = await SpareEngine.StartAsync([GpuMachine.Uuid(1), GpuMachine.Uuid(2)]);
        await using var trade = await Trade.PrepareAsync(engine.Endpoint.LocalPath);
        trade.Environment["LD_LIBRARY_PATH"] = GpuFakes.Folder;
        trade.Environment["FAKE_NVML_CONFIG"] = machine.File;
        trade.WriteConfig(text => text
            .Replace("keep: {storage: 1Gi}", "keep: {storage: 1Gi}\n  gpu: {self_test: off, probe: always, probe_interval: 1s}", StringComparison.Ordinal)
            .Replace("bidding:\n", "pricing:\n  rates: {gpu: {\"*\": 100}}\nbidding:\n", StringComparison.Ordinal)
            .Replace("provider:\n", "provider:\n  attributes: {capabilities/gpu/vendor/nvidia/model/rtx4090: \"true\"}\n", StringComparison.Ordinal));
        await trade.RegisterAsync();
        await trade.StartAgentAsync();
        await trade.BecomesTrueAsync("GPUs to be for sale", async () => (await trade.ReadAsync("/api/v1/inventory"))["gpu_problem"] is null);

        var given = new List<string>();
        var leases = new List<LeaseId>();
        for (var order = 0; order < 2; order++)
        {
            var deployment = await trade.DeployAsync(Sdl);
            var lease = await trade.AcceptAsync(deployment.Dseq);
            await trade.SendManifestAsync(deployment.Dseq, Sdl);
            var container = await trade.RunningContainerAsync(lease);
            given.Add(Assert.Single(engine.GivenTo(container.ID)));
            Assert.Equal(given[^1], container.Config.Labels?["provider-agent.gpus"]);
            leases.Add(lease);
        }

        Assert.Equal([GpuMachine.Uuid(1), GpuMachine.Uuid(2)], given.Order());
        await trade.KillAndRestartAsync();
        foreach (var lease in leases) await trade.RunningContainerAsync(lease);
        await trade.BecomesTrueAsync("both cards to be known as leased", async () => (await States(trade)).All(state => state == "leased"));

        foreach (var lease in leases) await trade.Tenant.CloseAsync(lease.Deployment.Dseq);
        await trade.BecomesTrueAsync("both cards to be for sale again", async () => (await trade.ContainersAsync()).Count == 0 && (await States(trade)).All(state => state == "for_sale"));
    }

    private static async Task<IEnumerable<string>> States(Trade trade) =>
        (await trade.ReadAsync("/api/v1/inventory"))["gpus"]!.AsArray().Select(gpu => gpu!["state"]!.ToString());
}
