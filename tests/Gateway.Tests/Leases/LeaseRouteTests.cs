using System.Text;
using ProviderAgent.Gateway.Tests.Fakes;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Gateway.Tests.Leases;

public sealed class LeaseRouteTests
{
    private static readonly LeaseId Lease = new(new(Tokens.Owner, 7, 1, 1), Tokens.Provider);

    private static readonly LeaseStatus Running = new(
        [new("web", 2, 1, 2, 3, ValueList.Create(["abc.ingress.example.com", "blog.example.com"])), new("db", 1, 1, 1, 1, ValueList.Create<string>([]))],
        [new("db", "provider.example.com", 5432, 31234, "TCP"), new("db", "", 53, 31235, "UDP")],
        [new("game", "203.0.113.7", 25565, 25565, "TCP")],
        null);

    [Fact]
    public async Task Status_Deployed_IsInTheFormThatToolsKnow()
    {
        await using var gateway = await GatewayHarness.StartAsync();
        gateway.Directory.Views[Lease] = new LeaseView.Deployed(Running);

        using var response = await gateway.SendAsync("GET", "/lease/7/1/1/status");

        const string Expected = """
            {"services":{"web":{"name":"web","available":1,"total":2,"uris":["abc.ingress.example.com","blog.example.com"],"observed_generation":3,
            "replicas":2,"updated_replicas":2,"ready_replicas":1,"available_replicas":1},
            "db":{"name":"db","available":1,"total":1,"uris":null,"observed_generation":1,"replicas":1,"updated_replicas":1,"ready_replicas":1,"available_replicas":1}},
            "forwarded_ports":{"db":[{"host":"provider.example.com","port":5432,"externalPort":31234,"proto":"TCP","name":"db"},{"port":53,"externalPort":31235,"proto":"UDP","name":"db"}]},
            "ips":{"game":[{"Port":25565,"ExternalPort":25565,"Protocol":"TCP","IP":"203.0.113.7"}]}}
            """;
        await Answer.IsJsonAsync(response, Expected.ReplaceLineEndings(""));
        Assert.False(response.Headers.Contains("X-Status-Stale-Since"));
    }

    [Fact]
    public async Task Status_NothingPublished_HasNullsAndNotYetPublished_EmptyObjects()
    {
        await using var gateway = await GatewayHarness.StartAsync();
        gateway.Directory.Views[Lease] = new LeaseView.Deployed(new([], null, null, null));
        await Answer.IsJsonAsync(await gateway.SendAsync("GET", "/lease/7/1/1/status"), """{"services":{},"forwarded_ports":null,"ips":null}""");

        gateway.Directory.Views[Lease] = new LeaseView.Deployed(new([], (ValueList<ForwardedPort>)[], null, null));
        await Answer.IsJsonAsync(await gateway.SendAsync("GET", "/lease/7/1/1/status"), """{"services":{},"forwarded_ports":{},"ips":null}""");
    }

    [Trait(Pain.Trait, Pain.StatusHangs)]
    [Fact]
    public async Task Status_EngineAway_IsTheLastKnownAndMarkedStale()
    {
        await using var gateway = await GatewayHarness.StartAsync();
        gateway.Directory.Views[Lease] = new LeaseView.Deployed(Running with { StaleSince = new(2027, 1, 15, 9, 0, 0, TimeSpan.FromHours(2)) });

        foreach (var path in (string[])["/lease/7/1/1/status", "/lease/7/1/1/service/web/status"])
        {
            using var response = await gateway.SendAsync("GET", path);

            Assert.Equal(200, (int)response.StatusCode);
            Assert.Equal("2027-01-15T07:00:00Z", Assert.Single(response.Headers.GetValues("X-Status-Stale-Since")));
        }
    }

    public static TheoryData<string, int, string> NotShown => new()
    {
        { "unknown", 404, "kube: lease not found\n" },
        { "no manifest", 404, "" },
        { "not deployed", 404, "kube: no deployments for lease\n" },
    };

    [Theory]
    [MemberData(nameof(NotShown))]
    public async Task Status_NothingToShow_IsNotFound(string view, int status, string body)
    {
        await using var gateway = await GatewayHarness.StartAsync();
        gateway.Directory.Views[Lease] = View(view);

        await Answer.IsTextAsync(await gateway.SendAsync("GET", "/lease/7/1/1/status"), status, body);
    }

    [Theory]
    [InlineData("unknown", "kube: lease not found\n")]
    [InlineData("no manifest", "kube: no manifest for lease\n")]
    [InlineData("not deployed", "kube: no deployments for lease\n")]
    [InlineData("deployed", "kube: no service for that lease\n")]
    public async Task ServiceStatus_NothingToShow_IsNotFound(string view, string body)
    {
        await using var gateway = await GatewayHarness.StartAsync();
        gateway.Directory.Views[Lease] = View(view);

        await Answer.IsTextAsync(await gateway.SendAsync("GET", "/lease/7/1/1/service/cache/status"), 404, body);
    }

    [Fact]
    public async Task ServiceStatus_Deployed_IsTheServiceAlone()
    {
        await using var gateway = await GatewayHarness.StartAsync();
        gateway.Directory.Views[Lease] = new LeaseView.Deployed(Running);

        await Answer.IsJsonAsync(
            await gateway.SendAsync("GET", "/lease/7/1/1/service/db/status"),
            """{"name":"db","available":1,"total":1,"uris":null,"observed_generation":1,"replicas":1,"updated_replicas":1,"ready_replicas":1,"available_replicas":1}""");
    }

    [Fact]
    public async Task Manifest_Accepted_IsTheLeasesGroupAsReceived()
    {
        await using var gateway = await GatewayHarness.StartAsync();
        const string Group = """[{"name":"west","services":[]}]""";
        gateway.Directory.Manifests[Lease] = new(default, Encoding.UTF8.GetBytes(Group));

        await Answer.IsJsonAsync(await gateway.SendAsync("GET", "/lease/7/1/1/manifest"), Group);
        await Answer.IsTextAsync(await gateway.SendAsync("GET", "/lease/7/2/1/manifest"), 404, "lease not found\n");
    }

    [Trait(Pain.Trait, Pain.StatusHangs)]
    [Fact]
    public async Task Status_MarketDown_StillAnswers()
    {
        await using var gateway = await GatewayHarness.StartAsync();
        gateway.Directory.Views[Lease] = new LeaseView.Deployed(Running);
        Assert.True((await gateway.SendAsync("GET", "/lease/7/1/1/status")).IsSuccessStatusCode);

        gateway.Market.IsDown = true;

        Assert.True((await gateway.SendAsync("GET", "/lease/7/1/1/status")).IsSuccessStatusCode);
        Assert.True((await gateway.SendAsync("GET", "/status", token: null)).IsSuccessStatusCode);
    }

    private static LeaseView View(string name) => name switch
    {
        "no manifest" => new LeaseView.NoManifest(),
        "not deployed" => new LeaseView.NotDeployed(),
        "deployed" => new LeaseView.Deployed(Running),
        _ => new LeaseView.Unknown(),
    };
}
