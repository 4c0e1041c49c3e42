using ProviderAgent.Docker.Models;

namespace ProviderAgent.Docker.Tests.Transport;

public sealed class VersionHandshakeTests
{
    private const string Version = """{"Version":"99.0","ApiVersion":"1.99","MinAPIVersion":"1.44"}""";

    [Theory]
    [InlineData("1.41", "/v1.41/containers/json")]
    [InlineData("1.45", "/v1.45/containers/json")]
    [InlineData("1.47", "/v1.47/containers/json")]
    public async Task Call_EngineWeKnow_UsesTheEnginesVersion(string theirs, string path)
    {
        await using var engine = FakeEngine.Answering(200, "[]");
        engine.ApiVersion = theirs;
        using var client = engine.CreateClient();

        await client.Containers.ListContainersAsync(new ContainersListParameters(), default);

        Assert.Equal(path, Assert.Single(engine.Requests).Path);
    }

    [Fact]
    public async Task Call_NewerEngine_UsesOurNewestVersion()
    {
        await using var engine = new FakeEngine(exchange => exchange.RespondAsync(200, exchange.Path == "/version" ? Version : "[]"));
        engine.ApiVersion = "1.99";
        using var client = engine.CreateClient();

        await client.Containers.ListContainersAsync(new ContainersListParameters(), default);

        Assert.Equal(["/version", "/v1.47/containers/json"], engine.Requests.Select(request => request.Path));
    }

    [Fact]
    public async Task Call_RequestedVersion_UsesNothingNewer()
    {
        await using var engine = new FakeEngine(exchange => exchange.RespondAsync(200, exchange.Path == "/version" ? Version : "[]"));
        engine.ApiVersion = "1.46";
        using var client = engine.CreateClient(version: new Version(1, 44));

        await client.Containers.ListContainersAsync(new ContainersListParameters(), default);

        Assert.Contains(engine.Requests, request => request.Path == "/v1.44/containers/json");
    }

    [Theory]
    [InlineData("1.40")]
    [InlineData("1.24")]
    [InlineData("0.99")]
    public async Task Call_EngineTooOld_SaysWhatToUpgrade(string theirs)
    {
        await using var engine = FakeEngine.Answering(200, "[]");
        engine.ApiVersion = theirs;
        using var client = engine.CreateClient();

        var e = await Assert.ThrowsAsync<EngineUnsupportedException>(() => client.System.PingAsync(default));

        Assert.Contains(theirs, e.Message, StringComparison.Ordinal);
        Assert.Contains("20.10", e.Message, StringComparison.Ordinal);
        Assert.False(e.IsTransient);
    }

    [Fact]
    public async Task Call_EngineDroppedOurVersions_SaysToUpgradeThisProgram()
    {
        await using var engine = FakeEngine.Answering(200, """{"ApiVersion":"1.70","MinAPIVersion":"1.60"}""");
        engine.ApiVersion = "1.70";
        using var client = engine.CreateClient();

        var e = await Assert.ThrowsAsync<EngineUnsupportedException>(() => client.System.PingAsync(default));

        Assert.Contains("1.60", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Call_NewEngineWithoutUnversionedCalls_GoesOn()
    {
        await using var engine = new FakeEngine(exchange =>
            exchange.RespondAsync(exchange.Path == "/version" ? 404 : 200, exchange.Path == "/version" ? "{}" : "[]"));
        engine.ApiVersion = "1.99";
        using var client = engine.CreateClient();

        Assert.Empty(await client.Containers.ListContainersAsync(new ContainersListParameters(), default));
    }

    [Fact]
    public async Task Call_AfterAPingFoundTheEngineTooOld_IsRefusedToo()
    {
        await using var engine = FakeEngine.Answering(200, "[]");
        using var client = engine.CreateClient();
        await client.System.PingAsync(default);
        engine.ApiVersion = "1.30";

        await Assert.ThrowsAsync<EngineUnsupportedException>(() => client.System.PingAsync(default));
        await Assert.ThrowsAsync<EngineUnsupportedException>(() => client.Containers.ListContainersAsync(new ContainersListParameters(), default));
        Assert.Empty(engine.Requests);
    }

    [Theory]
    [InlineData("")]
    [InlineData("Api-Version: seven\r\n")]
    [InlineData("Api-Version: 1\r\n")]
    [InlineData("Api-Version: 1.41.3\r\n")]
    [InlineData("Api-Version: 99999999999.1\r\n")]
    public async Task Ping_NoEngine_IsAProtocolFault(string header)
    {
        await using var engine = new FakeEngine(exchange => exchange.WriteAsync($"HTTP/1.1 200 OK\r\n{header}Content-Length: 2\r\n\r\nOK"));
        engine.ApiVersion = null;
        using var client = engine.CreateClient();

        await Assert.ThrowsAsync<EngineProtocolException>(() => client.System.PingAsync(default));
    }

    [Fact]
    public async Task Call_ManyAtOnce_PingOnce()
    {
        await using var engine = FakeEngine.Answering(200, "[]");
        using var client = engine.CreateClient();

        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => client.Containers.ListContainersAsync(new ContainersListParameters(), default)));

        Assert.Equal(1, engine.Pings);
    }

    [Fact]
    public async Task Call_AfterTheEngineWasLost_AsksForTheVersionAgain()
    {
        var cut = true;
        await using var engine = new FakeEngine(async exchange =>
        {
            if (cut) exchange.Close();
            else await exchange.RespondAsync(200, "[]");
        });
        engine.ApiVersion = "1.45";
        using var client = engine.CreateClient();
        await Assert.ThrowsAsync<EngineUnavailableException>(() => client.Containers.ListContainersAsync(new ContainersListParameters(), default));

        (cut, engine.ApiVersion) = (false, "1.41"); // a downgrade
        await client.Containers.ListContainersAsync(new ContainersListParameters(), default);

        Assert.Equal("/v1.41/containers/json", engine.Requests.Last().Path);
    }

    [Theory]
    [InlineData("1.40")]
    [InlineData("1.48")]
    public void CreateClient_VersionWeDoNotKnow_IsRefused(string version)
    {
        using var configuration = new DockerClientConfiguration();

        Assert.Throws<ArgumentOutOfRangeException>(() => configuration.CreateClient(System.Version.Parse(version)));
    }
}
