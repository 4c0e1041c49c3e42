using Microsoft.Extensions.Options;
using ProviderAgent.Chain.Keys;
using ProviderAgent.Devnet.Hosting;
using ProviderAgent.Devnet.Tests.Harness;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Devnet.Tests.Hosting;

[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class HomeTests : IDisposable
{
    private readonly TempFolder _folder = new();

    [Fact]
    public void Create_MakesKeysThatOnlyTheOwnerReads()
    {
        var options = RpcNode.Options();
        options.Accounts.Add(new() { Name = "auditor", Coins = [Coin.Parse("5uakt")] });

        var home = DevnetHome.Create(Home, options, TimeProvider.System);

        foreach (var path in new[] { home.ProviderKeyFile, home.TenantKeyFile, home.KeyFileOf("auditor") })
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
            using var key = KeyFile.Load(path);
            Assert.Contains(home.Genesis.Accounts, account => account.Address == key.Address.Value);
            Assert.Equal(24, File.ReadAllText(path).Split(' ', StringSplitOptions.RemoveEmptyEntries).Length);
        }

        Assert.Throws<IOException>(() => DevnetHome.Create(Home, options, TimeProvider.System));
        Assert.Equal(home.Genesis.ToJson(), DevnetHome.Open(Home).Genesis.ToJson());
    }

    [Fact]
    public async Task Start_WithHome_GoesOnAfterARestart()
    {
        string state;
        long height;
        await using (var node = await StartAsync())
        {
            await node.OpenLeaseAsync();
            await node.Chain.ProduceBlockAsync(3);
            (state, height) = (node.Chain.StateHash(), node.Chain.Height);
        }

        await using var again = await StartAsync();

        Assert.Equal((state, height), (again.Chain.StateHash(), again.Chain.Height));
        await again.DoAsync(again.Chain.ProviderKey, Market.Withdraw(Market.Lease(again.Chain.TenantKey, again.Chain.ProviderKey)));
    }

    [Fact]
    public async Task Start_HomeInUse_IsRefused()
    {
        await using var node = await StartAsync();

        await Assert.ThrowsAnyAsync<IOException>(StartAsync);
    }

    [Fact]
    public async Task Start_PortTaken_NamesTheOption()
    {
        await using var node = await RpcNode.StartAsync();
        var options = RpcNode.Options();
        options.Listen = node.Chain.RpcAddress.Authority;

        var error = await Assert.ThrowsAsync<IOException>(() => DevnetChain.StartAsync(options));

        Assert.Contains("devnet.listen", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_InMemory_FundsFreshKeysAndFurtherAccounts()
    {
        using var auditor = TestKeys.Of("auditor");
        await using var node = await RpcNode.StartAsync(options =>
        {
            options.Balances = [Coin.Parse("7uakt")];
            options.Accounts.Add(new() { Name = "second", Coins = [Coin.Parse("9uact")] });
            options.Accounts.Add(new() { Address = auditor.Address.Value, Number = 99, Sequence = 5 });
            options.Audits.Add(new() { Auditor = auditor.Address.Value, Attributes = { ["host"] = "akash" } });
        });

        Assert.Equal(7, node.Chain.BalanceOf(node.Chain.ProviderKey.Address, "uakt"));
        Assert.Equal(9, node.Chain.BalanceOf(node.Chain.KeyOf("second").Address, "uact"));
        Assert.Throws<KeyNotFoundException>(() => node.Chain.KeyOf("third"));
        var account = await node.QueryAsync(
            "/cosmos.auth.v1beta1.Query/AccountInfo", new Wire.Auth.QueryAccountInfoRequest { Address = auditor.Address.Value }, Wire.Auth.QueryAccountInfoResponse.Parser);
        Assert.Equal((99UL, 5UL), (account.Info.AccountNumber, account.Info.Sequence));
        var audits = await node.QueryAsync(
            "/akash.audit.v1.Query/ProviderAttributes",
            new Wire.Audit.QueryProviderAttributesRequest { Owner = node.Chain.ProviderKey.Address.Value },
            Wire.Audit.QueryProvidersResponse.Parser);
        Assert.Equal("host", audits.Providers.Single().Attributes.Single().Key);
    }

    [Fact]
    public async Task Start_WrongOptions_NamesAllMistakesAtOnce()
    {
        var options = new DevnetOptions
        {
            ChainId = "no blanks",
            Listen = "localhost",
            BlockTime = TimeSpan.FromMilliseconds(1),
            KeepBlocks = 1,
            MinGasPrice = -1,
            OrderMaxBids = 0,
            MinReclaimWindow = TimeSpan.FromHours(2),
            MaxReclaimWindow = TimeSpan.FromHours(1),
            Balances = [Coin.Parse("1uakt"), Coin.Parse("2uakt")],
            Accounts = [new() { Name = "provider" }, new() { Address = "akash1x" }],
            Audits = [new()],
            Limits = new() { MaxBody = new(1), MaxConnections = 0, CommitTimeout = TimeSpan.Zero },
        };

        var error = await Assert.ThrowsAsync<OptionsValidationException>(() => DevnetChain.StartAsync(options));

        string[] keys =
        [
            "chain_id", "listen", "block_time", "keep_blocks", "min_gas_price", "order_max_bids", "max_reclaim_window", "balances", "accounts[0].name",
            "accounts[1].address", "audits[0].auditor", "limits.max_body", "limits.max_connections", "limits.commit_timeout",
        ];
        var text = string.Join('\n', error.Failures);
        foreach (var key in keys) Assert.Contains($"devnet.{key}", text, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    private string Home => _folder.File("home");

    private Task<RpcNode> StartAsync() => RpcNode.StartAsync(options => options.Home = Home);
}
