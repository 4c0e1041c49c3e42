using ProviderAgent.Scenarios.Tests.Support;

namespace ProviderAgent.Scenarios.Tests;

/// <summary>A database's volume: sold, limited, kept over an update, a kill -9 of the daemon and of its helper, and gone with the lease.</summary>
public sealed class DiskTests : IDisposable
{
    private readonly DiskFolder _disks = new();
    private readonly TempFolder _folder = new();

    public void Dispose()
    {
        _folder.Dispose();
        _disks.Dispose();
    }

    [NeedsRootFact(MachineNeeds.DockerSocket, "nft", "mkfs.ext4", "losetup")]
    public async Task Volume_WithDisksMadeByTheHelper_OutlivesUpdateAndKills_AndEndsWithTheLease()
    {
        var socket = _folder.File("disks.sock");
        await using var trade = await Trade.PrepareAsync();
        trade.WriteConfig(text => text
            .Replace(TradeConfig.NoDisks, TradeConfig.LoopDisks(_disks.Path), StringComparison.Ordinal)
            .Replace($"helper_socket: \"{trade.StateFolder}/no-helper.sock\"}}\ningress", $"helper_socket: \"{socket}\"}}\ningress", StringComparison.Ordinal)
            .Replace("keep: {storage: 1Gi}", "keep: {storage: 1Gi}\n  storage_classes: {persistent: [beta2]}", StringComparison.Ordinal));
        await using var first = await StartHelperAsync(socket);
        await trade.RegisterAsync();
        await trade.StartAgentAsync();
        var before = trade.Chain.BalanceOf(trade.Provider, "uact");

        var deployment = await trade.DeployAsync(Sdl("one"));
        await trade.BecomesTrueAsync("a bid", async () =>
        {
            var recent = (await trade.ReadAsync("/api/v1/bids"))["recent"]!.AsArray();
            if (recent.Any(row => row!["decision"]!.ToString() == "decline")) throw new OperationCanceledException($"declined: {recent[0]!["detail"]}");
            return (await trade.Tenant.ListBidsAsync(deployment.Dseq)).Any(bid => bid.State == "open");
        });
        var lease = await trade.AcceptAsync(deployment.Dseq);
        await trade.SendManifestAsync(deployment.Dseq, Sdl("one"));
        var old = await trade.RunningContainerAsync(lease);
        Assert.Equal(2, Images().Count);

        // What the first version wrote is there for the second: this one would say something else on an empty volume.
        await trade.Tenant.UpdateAsync(deployment.Dseq, Sdl("two"));
        await trade.SendManifestAsync(deployment.Dseq, Sdl("two"));
        await trade.BecomesTrueAsync("the update runs", async () => await trade.ContainersAsync(lease) is [{ State: "running" } one] && one.ID != old.ID);
        var updated = await trade.RunningContainerAsync(lease);

        await first.KillAsync();
        await using var second = await StartHelperAsync(socket);
        await trade.KillAndRestartAsync();
        Assert.Equal((updated.ID, updated.State.StartedAt), ((await trade.RunningContainerAsync(lease)).ID, (await trade.RunningContainerAsync(lease)).State.StartedAt));

        await trade.BecomesTrueAsync("the operator sees limits and use", async () =>
        {
            var service = (await trade.ReadAsync("/api/v1/leases"))["leases"]![0]?["services"]?[0];
            return service?["volumes"]?[0] is { } volume && service["instances"]?[0]?["disk"] is { } disk
                && volume["limit_enforced"]!.GetValue<bool>() && volume["limit_bytes"]!.GetValue<long>() == 64 << 20 && volume["used_bytes"]?.GetValue<long>() is > 0 and < 8 << 20
                && disk["limit_enforced"]!.GetValue<bool>() && disk["limit_bytes"]!.GetValue<long>() == 128 << 20 && disk["used_bytes"]?.GetValue<long>() is > 0 and < 16 << 20;
        });

        await trade.EndAsync(lease, before);
        await trade.BecomesTrueAsync("nothing of it is left", () => Task.FromResult(Images().Count == 0 && !File.ReadAllText("/proc/mounts").Contains(_disks.Path, StringComparison.Ordinal)));
    }

    private async Task<AgentProcess> StartHelperAsync(string socket)
    {
        File.Delete(socket);
        var helper = AgentProcess.Start("host-helper", "--socket", socket, "--disks", _disks.Path, "--engine-data", "/var/lib/docker");
        await Eventually.BecomesTrueAsync("the helper listens", () => File.Exists(socket));
        return helper;
    }

    private List<string> Images() => [.. Directory.EnumerateFiles(_disks.Path, "*.img", SearchOption.AllDirectories)];

    private static string Sdl(string version) => $$$$"""
        version: "2.0"
        services:
          web:
            image: {{{{TradeConfig.Image}}}}
            env: [VERSION={{{{version}}}}]
            command: ["sh", "-c"]
            args: ["[ -f /data/index.html ] || if [ $VERSION = one ]; then echo hello from the lease; else echo it was lost; fi > /data/index.html; exec httpd -f -p 80 -h /data"]
            expose: [{port: 80, as: 8080, to: [{global: true}]}]
            params: {storage: {data: {mount: /data}}}
        profiles:
          compute:
            web:
              resources:
                cpu: {units: 0.1}
                memory: {size: 64Mi}
                storage: [{size: 128Mi}, {name: data, size: 64Mi, attributes: {persistent: true, class: beta2}}]
          placement:
            here: {pricing: {web: {denom: uact, amount: 100000}}}
        deployment:
          web: {here: {profile: web, count: 1}}
        """;
}
