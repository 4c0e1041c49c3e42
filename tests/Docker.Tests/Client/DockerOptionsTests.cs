using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace ProviderAgent.Docker.Tests.Client;

public sealed class DockerOptionsTests
{
    [Fact]
    public void Validate_Defaults_AreValid() => Assert.True(Validate(new DockerOptions()).Succeeded);

    [Theory]
    [InlineData("tcp://127.0.0.1:2375")]
    [InlineData("tcp://localhost:2375")]
    [InlineData("tcp://[::1]:2375")]
    [InlineData("https://engine.example:2376")]
    public void Validate_SafeEndpoints_AreValid(string endpoint) => Assert.True(Validate(new DockerOptions { Endpoint = new Uri(endpoint) }).Succeeded);

    [Fact]
    public void Validate_PlainTcpToAnotherHost_IsRefused() =>
        Assert.Contains("engine.endpoint", Validate(new DockerOptions { Endpoint = new Uri("tcp://10.0.0.5:2375") }).FailureMessage, StringComparison.Ordinal);

    [Fact]
    public void Validate_ManyMistakes_ReportsAll()
    {
        var result = Validate(new DockerOptions
        {
            Endpoint = new Uri("ftp://host"),
            Tls = { Authority = "/no/such/ca.pem", Key = "/no/such/key.pem" },
            Timeouts = { Connect = TimeSpan.Zero, Query = TimeSpan.FromHours(1), Registry = TimeSpan.FromMilliseconds(500) },
            Limits = { MaxLineBytes = 1, MaxAnswerBytes = long.MaxValue, MaxCallConnections = 0, MaxStreamConnections = 0 },
        });

        Assert.All(
            ["engine.endpoint", "engine.tls.authority", "engine.tls.key", "engine.timeouts.connect", "engine.timeouts.query", "engine.timeouts.registry",
             "engine.limits.max_line_bytes", "engine.limits.max_answer_bytes", "engine.limits.max_call_connections", "engine.limits.max_stream_connections"],
            key => Assert.Contains($"{key}:", result.FailureMessage, StringComparison.Ordinal));
        Assert.DoesNotContain("engine.timeouts.change", result.FailureMessage, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AddDocker_Twice_GivesOneClientFromTheOptions()
    {
        await using var engine = FakeEngine.Answering(200, "[]");
        var services = new ServiceCollection().AddDocker().AddDocker().Configure<DockerOptions>(options =>
        {
            options.Endpoint = engine.Endpoint;
            options.Timeouts.Query = TimeSpan.FromMinutes(3);
        });
        await using var provider = services.BuildServiceProvider(validateScopes: true);

        var client = Assert.Single(provider.GetServices<IDockerClient>());
        await client.System.PingAsync(default);

        Assert.Same(client, provider.GetRequiredService<IDockerClient>());
        Assert.Equal(1, engine.Pings);
        Assert.Equal(TimeSpan.FromMinutes(3), client.Configuration.Timeouts.Query);
    }

    [Fact]
    public async Task AddDocker_InvalidOptions_FailsNamingTheKey()
    {
        var services = new ServiceCollection().AddDocker().Configure<DockerOptions>(options => options.Timeouts.Idle = TimeSpan.Zero);
        await using var provider = services.BuildServiceProvider();

        var e = Assert.Throws<OptionsValidationException>(provider.GetRequiredService<IDockerClient>);
        Assert.Contains("engine.timeouts.idle", e.Message, StringComparison.Ordinal);
    }

    private static ValidateOptionsResult Validate(DockerOptions options) => new DockerOptionsValidator().Validate(null, options);
}
