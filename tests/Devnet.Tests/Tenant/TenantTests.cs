using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using ProviderAgent.Devnet.Tenant;
using ProviderAgent.Devnet.Tests.Harness;
using ProviderAgent.Manifests;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Devnet.Tests.Tenant;

public sealed class TenantTests
{
    [Fact]
    public async Task WholeWay_FromSdlToLogsAndBack()
    {
        await using var world = await TenantWorld.StartAsync();
        var tenant = world.Tenant;
        world.Gateway.OnRequest = context => context.Request.Method == "PUT" ? Task.CompletedTask : context.Response.WriteAsync(
            """{"services":{"web":{"name":"web","available":1,"total":1,"uris":["a.example.com"],"observed_generation":1,"replicas":1,"updated_replicas":1,"ready_replicas":1,"available_replicas":1}},"forwarded_ports":null,"ips":null}""");
        world.Gateway.OnLogs = async socket =>
        {
            foreach (var line in new[] { "one", "two" })
            {
                await socket.SendAsync(Encoding.UTF8.GetBytes($$"""{"name":"web-0","message":"{{line}}"}"""), WebSocketMessageType.Text, true, CancellationToken.None);
            }

            await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
        };

        var deployment = await tenant.DeployAsync(TenantWorld.Sdl, Coin.Parse("5000000uact"));
        Assert.Equal(SdlReader.Read(TenantWorld.Sdl).Hash.Hex, deployment.Manifest);
        Assert.Equal(["dcloud"], deployment.Groups);
        await world.BidAsync(deployment.Dseq, "999.5");
        var bid = Assert.Single(await tenant.ListBidsAsync(deployment.Dseq));
        Assert.Equal(("open", "999.5", "uact"), (bid.State, bid.Price, bid.Denom));
        var lease = (await tenant.AcceptAsync(bid.Id)).Id;

        var receipt = Assert.Single(await tenant.SendManifestAsync(deployment.Dseq, TenantWorld.Sdl));
        Assert.Equal(world.Node.Chain.ProviderKey.Address.Value, receipt.Provider);
        Assert.Equal($"PUT /deployment/{deployment.Dseq}/manifest", world.Gateway.LastPath);
        Assert.Equal(deployment.Manifest, CanonicalManifest.Hash(ManifestDecoder.Decode(world.Gateway.LastBody)).Hex);
        var claims = world.Gateway.Claims(world.Node.Chain.TenantKey.PublicKey);
        Assert.Equal((tenant.Address.Value, "v1", "full"), (claims["iss"]!.GetValue<string>(), claims["version"]!.GetValue<string>(), claims["leases"]!["access"]!.GetValue<string>()));
        Assert.Equal(900, claims["exp"]!.GetValue<long>() - claims["nbf"]!.GetValue<long>());

        var status = await tenant.LeaseStatusAsync(lease);
        Assert.Equal(["a.example.com"], status!.Services!["web"].Uris!);
        Assert.Equal($"GET /lease/{deployment.Dseq}/1/1/status", world.Gateway.LastPath);
        var lines = new List<TenantLogLine>();
        await foreach (var line in tenant.LogsAsync(lease, follow: true, tail: 5, services: ["web", "db"])) lines.Add(line);
        Assert.Equal([new("web-0", "one"), new("web-0", "two")], lines);
        Assert.Equal($"GET /lease/{deployment.Dseq}/1/1/logs?follow=true&tail=5&service=web%2Cdb", world.Gateway.LastPath);

        await tenant.UpdateAsync(deployment.Dseq, TenantWorld.OtherImage);
        await tenant.SendManifestAsync(deployment.Dseq, TenantWorld.OtherImage);
        Assert.Contains("nginx:1.28", Encoding.UTF8.GetString(world.Gateway.LastBody), StringComparison.Ordinal);
        await tenant.DepositAsync(deployment.Dseq, Coin.Parse("1000uact"));
        await tenant.CloseLeaseAsync(lease);
        var closed = await tenant.CloseAsync(deployment.Dseq);
        Assert.Equal("closed", (await tenant.ListBidsAsync(deployment.Dseq))[0].State);
        Assert.Contains("\"Height\":", JsonSerializer.Serialize(closed), StringComparison.Ordinal);
        Assert.Contains(lease.ToString(), JsonSerializer.Serialize(new TenantLease(lease.ToString(), closed)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Deploy_Twice_TakesDifferentNumbers()
    {
        await using var world = await TenantWorld.StartAsync();
        world.Node.Chain.Faults.PauseBlocks = true;
        var first = world.Tenant.DeployAsync(TenantWorld.Sdl, Coin.Parse("5000000uact"));
        var second = world.Tenant.DeployAsync(TenantWorld.Sdl, Coin.Parse("5000000uact"));
        world.Node.Chain.Faults.PauseBlocks = false;

        Assert.NotEqual((await first).Dseq, (await second).Dseq);
    }

    [Fact]
    public async Task Deploy_SdlWrong_NamesTheMistake()
    {
        await using var world = await TenantWorld.StartAsync();

        await Assert.ThrowsAsync<SdlException>(() => world.Tenant.DeployAsync("version: 9", Coin.Parse("5000000uact")));
    }

    [Fact]
    public async Task Deploy_DepositInAnotherCoin_TellsTheChainsWords()
    {
        await using var world = await TenantWorld.StartAsync();

        var error = await Assert.ThrowsAsync<TenantException>(() => world.Tenant.DeployAsync(TenantWorld.Sdl, Coin.Parse("5000000uakt")));

        Assert.Equal(TenantFailure.Refused, error.Failure);
        Assert.Contains("Mismatched denominations", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SendManifest_NotTheAnnouncedOne_IsFoundOutBeforeSending()
    {
        await using var world = await TenantWorld.StartAsync();
        var lease = await world.OpenLeaseAsync();

        var error = await Assert.ThrowsAsync<TenantException>(() => world.Tenant.SendManifestAsync(lease.Order.Dseq, TenantWorld.OtherImage));

        Assert.Equal(TenantFailure.ManifestMismatch, error.Failure);
        Assert.Equal("", world.Gateway.LastPath);
    }

    [Fact]
    public async Task SendManifest_NoLeaseOrNoDeployment_SaysSo()
    {
        await using var world = await TenantWorld.StartAsync();
        var deployment = await world.Tenant.DeployAsync(TenantWorld.Sdl, Coin.Parse("5000000uact"));

        var noLease = await Assert.ThrowsAsync<TenantException>(() => world.Tenant.SendManifestAsync(deployment.Dseq, TenantWorld.Sdl));
        var nothing = await Assert.ThrowsAsync<TenantException>(() => world.Tenant.SendManifestAsync(5, TenantWorld.Sdl));

        Assert.Equal((TenantFailure.NotFound, TenantFailure.NotFound), (noLease.Failure, nothing.Failure));
        Assert.Contains("accept a bid first", noLease.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Update_OtherResources_IsRefusedHere()
    {
        await using var world = await TenantWorld.StartAsync();
        var deployment = await world.Tenant.DeployAsync(TenantWorld.Sdl, Coin.Parse("5000000uact"));

        var error = await Assert.ThrowsAsync<TenantException>(
            () => world.Tenant.UpdateAsync(deployment.Dseq, TenantWorld.Sdl.Replace("512Mi", "1Gi", StringComparison.Ordinal)));

        Assert.Equal(TenantFailure.ManifestMismatch, error.Failure);
    }

    [Fact]
    public async Task Close_Unknown_TellsTheChainsWords()
    {
        await using var world = await TenantWorld.StartAsync();

        var error = await Assert.ThrowsAsync<TenantException>(() => world.Tenant.CloseAsync(5));

        Assert.Equal(TenantFailure.Refused, error.Failure);
        Assert.Contains("Deployment not found", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Node_ReplyLostAfterAccept_TheReceiptStillComes()
    {
        await using var world = await TenantWorld.StartAsync();
        world.Node.Chain.Faults.DropNextBroadcastReply();

        var deployment = await world.Tenant.DeployAsync(TenantWorld.Sdl, Coin.Parse("5000000uact"));

        Assert.True(deployment.Receipt.Height > 0);
    }

    [Fact]
    public async Task Node_Away_IsSaidAtOnce()
    {
        await using var world = await TenantWorld.StartAsync();
        world.Node.Chain.Faults.RefuseConnections = true;

        var error = await Assert.ThrowsAsync<TenantException>(() => world.Tenant.ListBidsAsync(1));

        Assert.Equal(TenantFailure.NodeUnavailable, error.Failure);
    }

    [Fact]
    public async Task Node_Silent_TheDeadlineHolds()
    {
        await using var world = await TenantWorld.StartAsync(change: options => options.NodeTimeout = TimeSpan.FromMilliseconds(200));
        world.Node.Chain.Faults.HoldReplies = true;

        var error = await Assert.ThrowsAsync<TenantException>(() => world.Tenant.ListBidsAsync(1));

        Assert.Equal(TenantFailure.NodeUnavailable, error.Failure);
        Assert.Contains("did not answer abci_query within 0.2 s", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Chain_Stands_TheTransactionIsReportedAsOpen()
    {
        await using var world = await TenantWorld.StartAsync(change: options => options.TransactionTimeout = TimeSpan.FromMilliseconds(300));
        world.Node.Chain.Faults.PauseBlocks = true;

        var error = await Assert.ThrowsAsync<TenantException>(() => world.Tenant.DeployAsync(TenantWorld.Sdl, Coin.Parse("5000000uact")));

        Assert.Equal(TenantFailure.NotIncluded, error.Failure);
    }

    [Fact]
    public async Task Wallet_Empty_TellsWhatIsMissing()
    {
        await using var world = await TenantWorld.StartAsync();
        using var poor = TestKeys.Of("poor");
        using var tenant = new DevnetTenant(poor, new() { Rpc = world.Node.Chain.RpcAddress });

        var error = await Assert.ThrowsAsync<TenantException>(() => tenant.CloseAsync(1));

        Assert.Equal(TenantFailure.NotFound, error.Failure);
        Assert.Contains("never received anything", error.Message, StringComparison.Ordinal);
    }
}
