using System.Net;
using ProviderAgent.Scenarios.Tests.Support;

namespace ProviderAgent.Scenarios.Tests;

/// <summary>Lists of the operator where tenants meet them.</summary>
public sealed class ListTests
{
    [Trait(Pain.Trait, Pain.NoModeration)]
    [NeedsFact(MachineNeeds.DockerSocket, "nft")]
    public async Task DeniedImage_TheGatewayRefusesTheManifestAndNothingRuns()
    {
        await using var trade = await Trade.PrepareAsync();
        trade.WriteConfig(config => config.Replace("bidding:\n", "bidding:\n  lists: [{name: miners, subject: image, entries: [\"127.0.0.1:5000/test/*\"]}]\n", StringComparison.Ordinal));
        await trade.RegisterAsync();
        await trade.StartAgentAsync();
        var deployment = await trade.DeployAsync();
        var lease = await trade.AcceptAsync(deployment.Dseq); // what it will run is not told before
        using var gateway = new RawGateway(trade);
        await trade.BecomesTrueAsync("the gateway to know the lease", async () => (await gateway.PutAsync(deployment.Dseq, "[]")).Status != HttpStatusCode.NotFound);

        var answer = await gateway.PutAsync(deployment.Dseq, gateway.ManifestOf(Trade.Sdl));

        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.Status);
        Assert.Contains("service 'web': this provider does not run 127.0.0.1:5000/test/busybox:1", answer.Text);
        Assert.Contains("miners", answer.Text);
        Assert.Empty(await trade.ContainersAsync(lease));
        Assert.Null((await trade.ReadAsync("/api/v1/leases"))["leases"]![0]!["manifest"]);
    }
}
