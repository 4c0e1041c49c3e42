using System.Text;
using ProviderAgent.Gateway.Tests.Fakes;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Gateway.Tests.Leases;

/// <summary><c>POST /hostname/migrate</c> as tenants' tools know it.</summary>
public sealed class MigrateHostNamesTests
{
    private const string Body = """{"hostnames_to_migrate":["A.example.com","b.example.com"],"destination_dseq":1234,"destination_gseq":1}""";

    [Fact]
    public async Task Migrate_OwnNames_SaysWhichHaveMoved()
    {
        await using var gateway = await GatewayHarness.StartAsync();

        using var answer = await SendAsync(gateway, Body);

        await Answer.IsJsonAsync(answer, """{"transferred":["a.example.com","b.example.com"]}""");
        var (destination, hosts) = Assert.Single(gateway.HostNames.Moves);
        Assert.Equal(new GroupId(Tokens.Owner, 1234, 1), destination);
        Assert.Equal(["a.example.com", "b.example.com"], hosts);
    }

    [Theory]
    [InlineData("no json", 422)]
    [InlineData("[]", 422)]
    [InlineData("null", 422)]
    [InlineData("""{"hostnames_to_migrate":["a"],"destination_dseq":-1}""", 422)]
    [InlineData("""{"hostnames_to_migrate":[],"destination_dseq":1234,"destination_gseq":1}""", 400)]
    [InlineData("""{"destination_dseq":1234,"destination_gseq":1}""", 400)]
    public async Task Migrate_BodyThatIsNoRequest_IsRefusedWithoutWords(string body, int status)
    {
        await using var gateway = await GatewayHarness.StartAsync();

        using var answer = await SendAsync(gateway, body);

        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Empty(await answer.Content.ReadAsStringAsync());
        Assert.Empty(gateway.HostNames.Moves);
    }

    [Fact]
    public async Task Migrate_MoreNamesThanAnybodyHas_IsRefused()
    {
        await using var gateway = await GatewayHarness.StartAsync();
        var names = string.Join(',', Enumerable.Range(0, 101).Select(i => $"\"h{i}.example.com\""));

        using var answer = await SendAsync(gateway, $$"""{"hostnames_to_migrate":[{{names}}],"destination_dseq":1234,"destination_gseq":1}""");

        await Answer.IsTextAsync(answer, 400, "at most 100 host names can be moved at once\n");
    }

    [Fact]
    public async Task Migrate_Refusals_HaveTheReferencesWords()
    {
        await using var gateway = await GatewayHarness.StartAsync();
        foreach (var (outcome, words) in new (HostNameMigration, string)[]
        {
            (new HostNameMigration.NoDestination(), "destination deployment does not exist\n"),
            (new HostNameMigration.NotNamed("a.example.com"), "the hostname \"a.example.com\" is not used by this deployment\n"),
            (new HostNameMigration.Taken("a.example.com"), "hostname not allowed: host \"a.example.com\" in use\n"),
        })
        {
            gateway.HostNames.Outcome = outcome;

            using var answer = await SendAsync(gateway, Body);

            await Answer.IsTextAsync(answer, 400, words);
        }
    }

    [Theory]
    [InlineData("valid-scoped-logs-only")]
    [InlineData(null)]
    public async Task Migrate_TokenWithoutTheScope_IsDenied(string? token)
    {
        await using var gateway = await GatewayHarness.StartAsync();

        using var answer = await SendAsync(gateway, Body, token);

        Assert.Equal(401, (int)answer.StatusCode);
        Assert.Empty(gateway.HostNames.Moves);
    }

    private static Task<HttpResponseMessage> SendAsync(GatewayHarness gateway, string body, string? token = Tokens.Full) =>
        gateway.SendAsync("POST", "/hostname/migrate", token, new StringContent(body, Encoding.UTF8, "application/json"));
}
