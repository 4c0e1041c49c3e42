using System.Net.WebSockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.AspNetCore.Http;
using ProviderAgent.Devnet.Tenant;
using ProviderAgent.Devnet.Tests.Harness;

namespace ProviderAgent.Devnet.Tests.Tenant;

public sealed class GatewayTrustTests
{
    [Theory]
    [InlineData("another name", "is of 'akash1")]
    [InlineData("not on the chain", "is not one that the provider has on the chain")]
    [InlineData("expired", "is valid from")]
    [InlineData("for clients", "is not for servers")]
    public async Task Certificate_Wrong_NothingIsSent(string what, string reason)
    {
        using var other = TestKeys.Of("somebody else");
        await using var world = await TenantWorld.StartAsync(
            name => what switch
            {
                "another name" => TestCertificates.Make(other.Address.Value, 5),
                "expired" => TestCertificates.Make(name, 5, TimeProvider.System.GetUtcNow().AddDays(-1)),
                "for clients" => TestCertificates.Make(name, 5, usage: "1.3.6.1.5.5.7.3.2"),
                _ => TestCertificates.Make(name, 5),
            },
            publish: what is "expired" or "for clients");
        var lease = await world.OpenLeaseAsync();

        var put = await Assert.ThrowsAsync<TenantException>(() => world.Tenant.SendManifestAsync(lease.Order.Dseq, TenantWorld.Sdl));
        var logs = await Assert.ThrowsAsync<TenantException>(async () =>
        {
            await foreach (var _ in world.Tenant.LogsAsync(lease)) Assert.Fail("a line came");
        });

        Assert.Equal((TenantFailure.GatewayUntrusted, TenantFailure.GatewayUntrusted), (put.Failure, logs.Failure));
        Assert.Contains(reason, put.Message, StringComparison.Ordinal);
        Assert.Equal("", world.Gateway.LastPath);
    }

    [Fact]
    public async Task Certificate_SameNumberOtherKey_IsNotTrusted()
    {
        await using var world = await TenantWorld.StartAsync(name => TestCertificates.Make(name, 77), publish: false);
        var provider = world.Node.Chain.ProviderKey;
        using var registered = TestCertificates.Make(provider.Address.Value, 77);
        await world.Node.DoAsync(provider, TestCertificates.Message(provider, registered));
        var lease = await world.OpenLeaseAsync();

        var error = await Assert.ThrowsAsync<TenantException>(() => world.Tenant.LeaseStatusAsync(lease));

        Assert.Equal(TenantFailure.GatewayUntrusted, error.Failure);
    }

    [Fact]
    public async Task Certificate_Revoked_IsNotTrustedAnyMore()
    {
        X509Certificate2? shown = null;
        await using var world = await TenantWorld.StartAsync(name => shown = TestCertificates.Make(name, 78));
        var lease = await world.OpenLeaseAsync();
        world.Gateway.OnRequest = context => context.Response.WriteAsync("""{"services":{},"forwarded_ports":null,"ips":null}""");
        Assert.NotNull(await world.Tenant.LeaseStatusAsync(lease));
        var provider = world.Node.Chain.ProviderKey;
        await world.Node.DoAsync(provider, new Wire.Cert.MsgRevokeCertificate { Id = new() { Owner = provider.Address.Value, Serial = "78" } });

        Assert.Equal(TenantFailure.GatewayUntrusted, (await Assert.ThrowsAsync<TenantException>(() => world.Tenant.LeaseStatusAsync(lease))).Failure);
    }

    [Fact]
    public async Task Gateway_Refuses_StatusAndWordsComeThrough()
    {
        await using var world = await TenantWorld.StartAsync();
        var lease = await world.OpenLeaseAsync();
        world.Gateway.OnRequest = context =>
        {
            context.Response.StatusCode = 422;
            return context.Response.WriteAsync("manifest version validation failed\n");
        };

        var error = await Assert.ThrowsAsync<TenantException>(() => world.Tenant.SendManifestAsync(lease.Order.Dseq, TenantWorld.Sdl));

        Assert.Equal((TenantFailure.GatewayRefused, 422), (error.Failure, error.Code));
        Assert.EndsWith("refuses the manifest with 422: manifest version validation failed", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Status_NotUpYet_IsNull_NonsenseIsAnError()
    {
        await using var world = await TenantWorld.StartAsync();
        var lease = await world.OpenLeaseAsync();
        world.Gateway.OnRequest = context =>
        {
            context.Response.StatusCode = 404;
            return Task.CompletedTask;
        };
        Assert.Null(await world.Tenant.LeaseStatusAsync(lease));

        foreach (var body in new[] { "<html>", "{}", "5" })
        {
            world.Gateway.OnRequest = context => context.Response.WriteAsync(body);
            var error = await Assert.ThrowsAsync<TenantException>(() => world.Tenant.LeaseStatusAsync(lease));
            Assert.Equal(TenantFailure.GatewayUnavailable, error.Failure);
        }
    }

    [Fact]
    public async Task Gateway_SilentOrAway_TheDeadlineHolds()
    {
        await using var world = await TenantWorld.StartAsync(change: options => options.GatewayTimeout = TimeSpan.FromMilliseconds(500));
        var lease = await world.OpenLeaseAsync();
        var never = new TaskCompletionSource();
        world.Gateway.OnRequest = context => never.Task.WaitAsync(context.RequestAborted);

        var silent = await Assert.ThrowsAsync<TenantException>(() => world.Tenant.LeaseStatusAsync(lease));
        await world.Gateway.DisposeAsync();
        var away = await Assert.ThrowsAsync<TenantException>(() => world.Tenant.LeaseStatusAsync(lease));

        Assert.Equal((TenantFailure.GatewayUnavailable, TenantFailure.GatewayUnavailable), (silent.Failure, away.Failure));
        never.SetResult();
    }

    [Theory]
    [InlineData(4001, TenantFailure.GatewayRefused)]
    [InlineData(4000, TenantFailure.GatewayRefused)]
    public async Task Logs_ClosedWithAReason_IsAnError(int code, TenantFailure failure)
    {
        await using var world = await TenantWorld.StartAsync();
        var lease = await world.OpenLeaseAsync();
        world.Gateway.OnLogs = socket => socket.CloseAsync((WebSocketCloseStatus)code, "no running pods", CancellationToken.None);

        var error = await Assert.ThrowsAsync<TenantException>(() => ReadAsync(world, lease));

        Assert.Equal((failure, code), (error.Failure, error.Code));
        Assert.Contains("no running pods", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("cut")]
    [InlineData("not a line")]
    [InlineData("endless")]
    public async Task Logs_BrokenOffOrNonsense_IsAnError(string what)
    {
        await using var world = await TenantWorld.StartAsync();
        var lease = await world.OpenLeaseAsync();
        world.Gateway.OnLogs = async socket =>
        {
            switch (what)
            {
                case "cut": socket.Abort(); break;
                case "not a line": await socket.SendAsync("[1]"u8.ToArray(), WebSocketMessageType.Text, true, CancellationToken.None); break;
                default:
                    var part = Encoding.UTF8.GetBytes(new string('x', 64 * 1024));
                    for (var i = 0; i < 20 && socket.State == WebSocketState.Open; i++)
                    {
                        await socket.SendAsync(part, WebSocketMessageType.Text, false, CancellationToken.None);
                    }

                    break;
            }
        };

        var error = await Assert.ThrowsAsync<TenantException>(() => ReadAsync(world, lease));

        Assert.Equal(TenantFailure.GatewayUnavailable, error.Failure);
    }

    private static async Task ReadAsync(TenantWorld world, Marketplace.LeaseId lease)
    {
        await foreach (var _ in world.Tenant.LogsAsync(lease)) Assert.Fail("a line came");
    }
}
