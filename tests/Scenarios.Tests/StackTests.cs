using System.Globalization;
using System.Net;
using ProviderAgent.Docker.Models;
using ProviderAgent.Marketplace;
using ProviderAgent.Scenarios.Tests.Support;

namespace ProviderAgent.Scenarios.Tests;

/// <summary>A web service in front of a store with a persistent volume, reached by host name: what was posted is there whatever restarts.</summary>
public sealed class StackTests : IDisposable
{
    private const string Domain = "ingress.test";

    // The store appends what it is sent and answers with all that it has; the web service hands each request's query over to it.
    private const string Sdl = $$$$"""
        version: "2.0"
        services:
          store:
            image: {{{{Trade.Image}}}}
            command: ["sh", "-c"]
            args: ["printf 'read -r post; [ -z \"$post\" ] || echo \"$post\" >> /data/posts; cat /data/posts' > /answer; touch /data/posts; exec nc -ll -p 3306 -e sh /answer"]
            env: ["VERSION=first"]
            expose: [{port: 3306, as: 5432, to: [{service: web}]}]
            params: {storage: {data: {mount: /data}}}
          web:
            image: {{{{Trade.Image}}}}
            command: ["sh", "-c"]
            args: ["mkdir -p /www/cgi-bin; printf '#!/bin/sh\necho Content-Type: text/plain; echo; echo \"$QUERY_STRING\" | nc -w 5 store 5432' > /www/cgi-bin/posts; chmod +x /www/cgi-bin/posts; exec httpd -f -p 8080 -h /www"]
            env: ["VERSION=first"]
            expose: [{port: 8080, as: 80, to: [{global: true}], accept: [blog.example.com]}]
        profiles:
          compute:
            store: {resources: {cpu: {units: 0.1}, memory: {size: 32Mi}, storage: [{size: 32Mi}, {name: data, size: 64Mi, attributes: {persistent: true, class: beta2}}]}}
            web: {resources: {cpu: {units: 0.1}, memory: {size: 32Mi}, storage: {size: 32Mi}}}
          placement:
            here: {pricing: {store: {denom: uact, amount: 100000}, web: {denom: uact, amount: 100000}}}
        deployment:
          store: {here: {profile: store, count: 1}}
          web: {here: {profile: web, count: 1}}
        """;

    private readonly DiskFolder _disks = new();
    private readonly int _httpPort = FreePort.Next();
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false }) { Timeout = TimeSpan.FromSeconds(10) };

    public void Dispose()
    {
        _http.Dispose();
        _disks.Dispose();
    }

    [NeedsRootFact("dockerd", "nft", "/usr/sbin/nginx", "mkfs.ext4", "losetup")]
    public async Task TwoServicesWithAVolume_SurviveUpdateAndEveryRestart()
    {
        await using var engine = await PrivateEngine.StartAsync();
        await using var trade = await Trade.PrepareAsync(engine.Socket);
        trade.WriteConfig(text => text
            .Replace("ingress: {mode: none}", string.Create(CultureInfo.InvariantCulture, $"ingress: {{mode: nginx, http: \"127.0.0.1:{_httpPort}\", https: \"127.0.0.1:{FreePort.Next()}\"}}"), StringComparison.Ordinal)
            .Replace(TradeConfig.NoDisks, TradeConfig.LoopDisks(_disks.Path), StringComparison.Ordinal)
            .Replace("keep: {storage: 1Gi}", "keep: {storage: 1Gi}\n  storage_classes: {persistent: [beta2]}", StringComparison.Ordinal)
            .Replace("provider:\n", $"provider:\n  ingress_domain: {Domain}\n", StringComparison.Ordinal));
        await trade.RegisterAsync();
        await trade.StartAgentAsync();
        var before = trade.Chain.BalanceOf(trade.Provider, "uact");

        var deployment = await trade.DeployAsync(Sdl);
        var lease = await trade.AcceptAsync(deployment.Dseq);
        await trade.SendManifestAsync(deployment.Dseq, Sdl);
        await PostedAsync(trade, "hello");
        await HasAllAsync(trade, "hello");

        // An update of both services.
        var updated = Sdl.Replace("VERSION=first", "VERSION=second", StringComparison.Ordinal);
        await trade.Tenant.UpdateAsync(deployment.Dseq, updated);
        await trade.SendManifestAsync(deployment.Dseq, updated);
        await trade.BecomesTrueAsync("both services to be the new ones", async () => (await RunningAsync(trade, lease)) is { Count: 2 } all && all.All(container => container.Config.Env!.Contains("VERSION=second")));
        await HasAllAsync(trade, "hello");

        // Both services end.
        foreach (var container in await RunningAsync(trade, lease)) await trade.Engine.Containers.KillContainerAsync(container.ID, new(), CancellationToken.None);
        await HasAllAsync(trade, "hello");
        await PostedAsync(trade, "again");
        await trade.BecomesTrueAsync("both services", async () => (await RunningAsync(trade, lease)).Count == 2);
        var starts = await StartsAsync(trade, lease);

        // Daemon, engine and proxy are killed, one after the other. What runs is not touched, and is served while the daemon is away.
        await trade.Agent.KillAsync();
        Assert.Equal("hello\nagain\n", await GetAsync(""));
        await trade.KillAndRestartAsync();
        await engine.KillAsync();
        // The web service answers; the store's name it cannot look up meanwhile, since the engine answers for that.
        using (var meanwhile = await AskAsync("")) Assert.Equal(HttpStatusCode.OK, meanwhile.StatusCode);
        await engine.UpAsync();
        await trade.KillProxyAsync();
        await HasAllAsync(trade, "hello", "again");
        Assert.Equal(starts, await StartsAsync(trade, lease));

        // The routes from before are served at once, and confirmed when the engine has been read.
        await trade.BecomesTrueAsync("both host names to be routed", async () =>
        {
            var services = (await trade.ReadAsync("/api/v1/leases"))["leases"]![0]!["services"]!.AsArray();
            var hosts = services.Single(service => service!["name"]!.ToString() == "web")!["hosts"]!.AsArray();
            return hosts.Count == 2 && hosts.All(host => host!["state"]!.ToString() == "routed");
        });
        await trade.EndAsync(lease, before);
        using var gone = await AskAsync("");
        Assert.Equal(HttpStatusCode.NotFound, gone.StatusCode);
    }

    private static async Task<IReadOnlyList<ContainerInspectResponse>> RunningAsync(Trade trade, LeaseId lease)
    {
        var running = new List<ContainerInspectResponse>();
        foreach (var listed in await trade.ContainersAsync(lease))
        {
            if (listed.State == "running") running.Add(await trade.Engine.Containers.InspectContainerAsync(listed.ID, CancellationToken.None));
        }

        return running;
    }

    private static async Task<Dictionary<string, string>> StartsAsync(Trade trade, LeaseId lease) =>
        (await RunningAsync(trade, lease)).ToDictionary(container => container.ID, container => container.State.StartedAt);

    private Task PostedAsync(Trade trade, string post) => SaysAsync(trade, post, said => said?.Contains(post, StringComparison.Ordinal) == true);

    private Task HasAllAsync(Trade trade, params string[] posts) => SaysAsync(trade, "", said => said == string.Concat(posts.Select(post => post + "\n")));

    private async Task SaysAsync(Trade trade, string post, Func<string?, bool> isRight)
    {
        string? said = null;
        try
        {
            await trade.BecomesTrueAsync($"the answer to '{post}'", async () => isRight(said = await GetAsync(post)));
        }
        catch (TimeoutException error)
        {
            throw new TimeoutException($"{error.Message}\nThe last answer: {said ?? "none"}", error);
        }
    }

    private async Task<string> GetAsync(string post)
    {
        using var answer = await AskAsync(post);
        var said = await answer.Content.ReadAsStringAsync();
        return answer.IsSuccessStatusCode ? said : $"{answer.StatusCode}: {said}";
    }

    private Task<HttpResponseMessage> AskAsync(string post)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{_httpPort}/cgi-bin/posts?{post}")));
        request.Headers.Host = "blog.example.com";
        return _http.SendAsync(request);
    }
}
