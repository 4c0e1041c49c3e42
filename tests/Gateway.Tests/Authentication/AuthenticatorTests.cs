using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Gateway.Tests.Authentication;

public sealed class AuthenticatorTests
{
    [Fact]
    public async Task Authenticate_KnownKey_IsAskedForOnce()
    {
        await using var gateway = await GatewayHarness.StartAsync();

        for (var i = 0; i < 3; i++) Assert.True((await gateway.SendAsync("GET", "/address")).IsSuccessStatusCode);

        Assert.Equal(1, gateway.Market.KeyQuestions);
        gateway.Market.IsDown = true;
        Assert.True((await gateway.SendAsync("GET", "/address")).IsSuccessStatusCode);
    }

    [Fact]
    public async Task Authenticate_AccountWithoutKey_IsNotAskedForAgainForAWhile()
    {
        await using var gateway = await GatewayHarness.StartAsync();

        for (var i = 0; i < 3; i++) await Answer.IsMessageAsync(await gateway.SendAsync("GET", "/address", "rejected-issuer-without-account"), 401, "JWT is invalid");

        Assert.Equal(1, gateway.Market.KeyQuestions);
        gateway.Time.Advance(TimeSpan.FromSeconds(5));
        await Answer.IsMessageAsync(await gateway.SendAsync("GET", "/address", "rejected-issuer-without-account"), 401, "JWT is invalid");
        Assert.Equal(2, gateway.Market.KeyQuestions);
    }

    [Fact]
    public async Task Authenticate_MarketDown_IsAnErrorAndNotARefusal()
    {
        await using var gateway = await GatewayHarness.StartAsync();
        gateway.Market.IsDown = true;

        await Answer.IsMessageAsync(await gateway.SendAsync("GET", "/address"), 500, "unknown error while processing JWT");

        gateway.Market.IsDown = false;
        Assert.True((await gateway.SendAsync("GET", "/address")).IsSuccessStatusCode);
    }

    [Fact]
    public async Task Authenticate_RestartedWhileTheMarketIsDown_KnowsArchivedKeys()
    {
        var archive = new FakeArchive();
        await using (var before = await GatewayHarness.StartAsync(register: services => services.AddSingleton<IKeyArchive>(archive)))
        {
            Assert.True((await before.SendAsync("GET", "/address")).IsSuccessStatusCode);
        }

        await using var after = await GatewayHarness.StartAsync(register: services => services.AddSingleton<IKeyArchive>(archive));
        after.Market.IsDown = true;

        Assert.True((await after.SendAsync("GET", "/address")).IsSuccessStatusCode);
        Assert.Equal(0, after.Market.KeyQuestions);
    }

    [Fact]
    public async Task Authenticate_ArchiveBroken_AsksTheMarket()
    {
        await using var gateway = await GatewayHarness.StartAsync(register: services => services.AddSingleton<IKeyArchive>(new FakeArchive { IsBroken = true }));

        Assert.True((await gateway.SendAsync("GET", "/address")).IsSuccessStatusCode);

        Assert.Equal(1, gateway.Market.KeyQuestions);
    }

    [Fact]
    public async Task Authenticate_MarketDoesNotAnswer_GivesUpAtTheDeadline()
    {
        await using var gateway = await GatewayHarness.StartAsync();
        gateway.Market.Answering = new TaskCompletionSource().Task;
        var request = gateway.SendAsync("GET", "/address");
        await Eventually.BecomesTrueAsync("the question to the market", () => gateway.Market.KeyQuestions == 1 && gateway.Time.TimerCount > 0);

        gateway.Time.Advance(TimeSpan.FromSeconds(60));

        await Answer.IsMessageAsync(await request, 500, "unknown error while processing JWT");
    }

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("...")]
    [InlineData("a.b.c")]
    [InlineData("e30.e30.")]
    [InlineData("bm90anNvbg.e30.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public async Task Authenticate_Garbage_IsRefused(string token)
    {
        await using var gateway = await GatewayHarness.StartAsync();
        var request = new HttpRequestMessage(HttpMethod.Get, "/address");
        request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {token}");

        using var response = await gateway.Client.SendAsync(request);

        Assert.Equal(token.Length == 0 ? 400 : 401, (int)response.StatusCode);
        Assert.Equal(0, gateway.Market.KeyQuestions);
    }

    private sealed class FakeArchive : IKeyArchive
    {
        private readonly ConcurrentDictionary<AccountAddress, byte[]> _keys = new();

        public bool IsBroken { get; init; }

        public Task<byte[]?> FindAsync(AccountAddress account, CancellationToken ct) => IsBroken ? throw new IOException("broken") : Task.FromResult(_keys.GetValueOrDefault(account));

        public Task SaveAsync(AccountAddress account, ReadOnlyMemory<byte> key, CancellationToken ct)
        {
            if (IsBroken) throw new IOException("broken");
            _keys[account] = key.ToArray();
            return Task.CompletedTask;
        }
    }
}
