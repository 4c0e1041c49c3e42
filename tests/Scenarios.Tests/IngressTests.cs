using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using ProviderAgent.Scenarios.Tests.Support;

namespace ProviderAgent.Scenarios.Tests;

/// <summary>A tenant's web service by its host names, through the daemon's own nginx.</summary>
public sealed class IngressTests
{
    private const string Nginx = "/usr/sbin/nginx";

    private static readonly string Sdl = TradeConfig.Sdl.Replace("[{port: 80, as: 8080, to: [{global: true}]}]", "[{port: 80, accept: [www.example.org], to: [{global: true}]}]", StringComparison.Ordinal);

    private readonly int _port = FreePort.Next();

    [NeedsFact(Nginx, MachineNeeds.DockerSocket)]
    public async Task PortOfTheIngressIsTaken_OrdersWithHostNamesAreLeftToOthers_UntilItIsFree()
    {
        using var taken = new TcpListener(IPAddress.Loopback, _port);
        taken.Start();
        await using var trade = await Trade.PrepareAsync();
        WriteConfig(trade);
        await trade.RegisterAsync();
        await trade.StartAgentAsync();
        await trade.BecomesTrueAsync("it to be told", async () => (await trade.ReadAsync("/api/v1/status"))["problems"]!.AsArray().Any(problem => problem!.ToString().Contains("Address already in use", StringComparison.Ordinal)));

        var named = await trade.DeployAsync(Sdl);
        await trade.BidOnAsync((await trade.DeployAsync()).Dseq);
        await trade.BecomesTrueAsync("the order to be declined with its reason", async () => (await trade.CliAsync("why", $"{trade.Chain.TenantKey.Address}/{named.Dseq}/1/1")).Output.Contains("wants to be reached by host name", StringComparison.Ordinal));
        Assert.Empty(await trade.Tenant.ListBidsAsync(named.Dseq));

        taken.Stop();
        await trade.BidOnAsync(named.Dseq);
    }

    [Trait(Pain.Trait, Pain.DomainHijack)]
    [NeedsFact(Nginx, MachineNeeds.DockerSocket)]
    public async Task Lease_WithHostNames_IsServedThroughKillsUntilItEnds()
    {
        Assert.NotEqual(TradeConfig.Sdl, Sdl);
        await using var trade = await Trade.PrepareAsync();
        WriteConfig(trade);
        try
        {
            await trade.RegisterAsync();
            await trade.StartAgentAsync();
            var deployment = await trade.DeployAsync(Sdl);
            var lease = await trade.AcceptAsync(deployment.Dseq);
            await trade.SendManifestAsync(deployment.Dseq, Sdl);

            IReadOnlyList<string>? hosts = null;
            await trade.BecomesTrueAsync("the host names", async () => (hosts = (await trade.Tenant.LeaseStatusAsync(lease))?.Services?["web"].Uris) is { Count: 2 });
            Assert.Contains("www.example.org", hosts!);
            Assert.Contains(hosts!, host => host.EndsWith(".ingress.example.com", StringComparison.Ordinal));
            foreach (var host in hosts!) await AnswersAsync(trade, host, "200 OK");
            var container = Assert.Single(await trade.ContainersAsync(lease));
            Assert.All(container.Ports, port => Assert.Equal(0, port.PublicPort));
            var shown = (await trade.ReadAsync("/api/v1/leases"))["leases"]![0]!["services"]![0]!["hosts"]!.AsArray();
            Assert.All(shown, host => Assert.Equal("routed", host!["state"]!.GetValue<string>()));

            // The daemon alone, then nginx alone: each time it is the same container that answers.
            var nginx = FindNginx(trade);
            await trade.Agent.KillAsync();
            await AnswersAsync(trade, "www.example.org", "200 OK", isDaemonNeeded: false);
            await trade.Agent.DisposeAsync();
            await trade.StartAgentAsync();
            await AnswersAsync(trade, "www.example.org", "200 OK");
            Assert.Equal(nginx, FindNginx(trade));
            Process.GetProcessById(nginx).Kill();
            await AnswersAsync(trade, "www.example.org", "200 OK", () => FindNginx(trade) is var now && now != 0 && now != nginx);
            Assert.Equal(container.ID, Assert.Single(await trade.ContainersAsync(lease)).ID);

            // Daemon and nginx dead, and the engine out of reach when the daemon comes: what runs is reached all the same.
            await trade.Agent.KillAsync();
            await trade.KillProxyAsync();
            await trade.Agent.DisposeAsync();
            trade.EngineLine.Refuse = true;
            trade.LaunchAgent();
            await AnswersAsync(trade, "www.example.org", "200 OK");
            Assert.False((await trade.ReadAsync("/api/v1/status"))["engine"]!["ok"]!.GetValue<bool>());
            trade.EngineLine.Refuse = false;
            await trade.BecomesTrueAsync("the engine", async () => (await trade.ReadAsync("/api/v1/status"))["engine"]!["ok"]!.GetValue<bool>());
            await AnswersAsync(trade, "www.example.org", "200 OK");
            Assert.Equal(container.ID, Assert.Single(await trade.ContainersAsync(lease)).ID);

            await trade.Tenant.CloseAsync(deployment.Dseq);
            await AnswersAsync(trade, "www.example.org", "404 Not Found");
        }
        finally
        {
            await trade.KillProxyAsync();
        }
    }

    private void WriteConfig(Trade trade) => trade.WriteConfig(text => text
        .Replace("ingress: {mode: none}", string.Create(CultureInfo.InvariantCulture, $"ingress: {{http: \"127.0.0.1:{_port}\", https: \"127.0.0.1:{FreePort.Next()}\", stream_grace: 5s, nginx: {{unit_directory: /proc/none}}}}"), StringComparison.Ordinal)
        .Replace("inventory:", "  ingress_domain: ingress.example.com\ninventory:", StringComparison.Ordinal));

    private async Task AnswersAsync(Trade trade, string host, string status, Func<bool>? also = null, bool isDaemonNeeded = true)
    {
        async Task<bool> Probe()
        {
            try
            {
                using var client = new TcpClient();
                await client.ConnectAsync(IPAddress.Loopback, _port);
                await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"GET / HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"));
                using var reader = new StreamReader(client.GetStream());
                var answer = await reader.ReadToEndAsync();
                return answer.StartsWith($"HTTP/1.1 {status}", StringComparison.Ordinal) && (status != "200 OK" || answer.Contains("hello from the lease", StringComparison.Ordinal)) && also?.Invoke() != false;
            }
            catch (SocketException)
            {
                return false;
            }
        }

        if (isDaemonNeeded) await trade.BecomesTrueAsync($"{status} for {host}", Probe);
        else Assert.True(await Probe());
    }

    /// <summary>Process of the daemon's nginx; 0 when there is none.</summary>
    private static int FindNginx(Trade trade)
    {
        var pid = Path.Combine(trade.StateFolder, "ingress", "nginx", "nginx.pid");
        return File.Exists(pid) && int.TryParse(File.ReadAllText(pid).Trim(), CultureInfo.InvariantCulture, out var number) && File.Exists($"/proc/{number}/cmdline")
            && File.ReadAllText($"/proc/{number}/cmdline").Contains(trade.StateFolder, StringComparison.Ordinal) ? number : 0;
    }
}
