using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using ProviderAgent.Chain.Keys;
using ProviderAgent.Chain.Sending;
using ProviderAgent.Chain.Tests.Scripted;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Chain.Tests;

public sealed class OptionsTests
{
    [Fact]
    public void Validate_Defaults_LackOnlyEndpointAndKey()
    {
        var result = new ChainOptionsValidator().Validate(null, new ChainOptions());

        Assert.Equal(2, result.Failures?.Count());
        Assert.Contains(result.Failures!, failure => failure.Contains("chain.endpoints"));
        Assert.Contains(result.Failures!, failure => failure.Contains("chain.key"));
    }

    [Fact]
    public void Validate_Right_Succeeds() => Assert.True(new ChainOptionsValidator().Validate(null, Right()).Succeeded);

    [Fact]
    public void Validate_EverythingWrong_IsReportedAtOnce()
    {
        var options = new ChainOptions
        {
            Network = "akash net",
            Endpoints = [new(), new() { Rpc = new Uri("ftp://a.example") }, new() { Rpc = new Uri("http://user:pw@b.example") }, new() { Rpc = new Uri("http://user:pw@b.example") }],
            Gas = new() { Price = "cheap", MaxPrice = "-1uakt", Adjustment = 0.5m, Ceiling = 1 },
            Key = new() { File = "a", Credential = "b", Account = -1, Index = 1L << 31 },
            ConfirmOn = 0,
            QueryTimeout = TimeSpan.Zero,
            TransactionTimeout = TimeSpan.FromHours(1),
            TimeoutBlocks = 1,
            PollInterval = TimeSpan.Zero,
            StallAfter = TimeSpan.Zero,
            MaxResponse = new(1),
            MaxReplayBlocks = 0,
            MaxBatch = 0,
            MaxInFlight = 17,
        };

        var failures = new ChainOptionsValidator().Validate(null, options).Failures!.ToArray();

        string[] keys =
        [
            "chain.network", "chain.endpoints[0].rpc", "chain.endpoints[1].rpc", "chain.endpoints[2].rpc", "chain.gas.price", "chain.gas.max_price", "chain.gas.adjustment",
            "chain.gas.ceiling", "chain.key", "chain.key.account", "chain.key.index", "chain.confirm_on", "chain.query_timeout", "chain.transaction_timeout", "chain.timeout_blocks",
            "chain.poll_interval", "chain.stall_after", "chain.max_response", "chain.max_replay_blocks", "chain.max_batch", "chain.max_in_flight",
        ];
        Assert.All(keys, key => Assert.Contains(failures, failure => failure.Contains(key)));
        Assert.Contains(failures, failure => failure.Contains("twice"));
        Assert.DoesNotContain(failures, failure => failure.Contains("user:pw@b.example") && !failure.Contains("twice"));
    }

    [Theory]
    [InlineData("0.025uakt", "0.01uakt")]
    [InlineData("0.025uakt", "1uact")]
    [InlineData("0.025uakt", "99999999999999999999uakt")]
    public void Validate_PricesThatDoNotFit_AreRefused(string price, string limit)
    {
        var options = Right();
        (options.Gas.Price, options.Gas.MaxPrice) = (price, limit);

        Assert.Contains("chain.gas.max_price", Assert.Single(new ChainOptionsValidator().Validate(null, options).Failures!));
    }

    [Fact]
    public void Validate_PassphraseWithoutFile_IsRefused()
    {
        var options = Right();
        (options.Key.File, options.Key.Credential, options.Key.PassphraseFile) = ("", "wallet", "/run/passphrase");

        Assert.Contains("passphrase_file", Assert.Single(new ChainOptionsValidator().Validate(null, options).Failures!));
    }

    [Theory]
    [InlineData("0.025uakt", 150_000, 3_750)]
    [InlineData("0.025uakt", 150_001, 3_751)] // rounded up
    [InlineData("0.0025uakt", 1, 1)]
    [InlineData("0uakt", 150_000, 0)]
    public void FeeFor_Gas_IsRoundedUp(string text, long gas, long fee)
    {
        Assert.True(GasPrice.TryParse(text, out var price));
        Assert.Equal(fee, price.FeeFor(gas).Amount);
        Assert.Equal(text, price.ToString());
    }

    [Theory]
    [InlineData("", "0.025")]
    [InlineData("0.01uakt", "0.025")]
    [InlineData("0.05uakt", "0.05")]
    [InlineData("3uact, 0.05uakt", "0.05")]
    [InlineData("5000uakt", "0.1")]
    [InlineData("garbage,,;1e9uakt,uakt", "0.025")]
    public void Raise_WhatANodeAsks_IsPaidUpToTheLimit(string asked, string expected)
    {
        Assert.True(GasPrice.TryParse("0.025uakt", out var price));
        Assert.True(GasPrice.TryParse("0.1uakt", out var limit));

        Assert.Equal(expected + "uakt", price.Raise(asked, limit).ToString());
    }

    [Theory]
    [InlineData("uakt")]
    [InlineData("0.025")]
    [InlineData("-1uakt")]
    [InlineData(".5uakt")]
    [InlineData("1.2.3uakt")]
    public void TryParse_NoPrice_IsRefused(string text) => Assert.False(GasPrice.TryParse(text, out _));

    [Fact]
    public async Task AddChain_Twice_IsOneOfEach()
    {
        await using var node = await ScriptedNode.StartAsync(new ScriptedChain());
        using var folder = new TempFolder();
        using var key = KeyFile.Create(folder.File("provider.key"));
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton<ITransactionOutbox>(new MemoryOutbox());
        services.AddChain().AddChain().Configure<ChainOptions>(options =>
        {
            options.Endpoints.Add(new() { Rpc = node.Address });
            options.Key.File = folder.File("provider.key");
        });
        await using var provider = services.BuildServiceProvider();

        Assert.Equal(key.Address, provider.GetRequiredService<IMarketplace>().Account); // read from the file
        Assert.Equal(3, provider.GetServices<IHostedService>().Count());
    }

    private static ChainOptions Right() => new()
    {
        Endpoints = [new() { Rpc = new Uri("http://127.0.0.1:26657") }, new() { Rpc = new Uri("https://rpc.example.com:443/akash") }],
        Key = new() { File = "/etc/provider-agent/provider.key" },
    };
}
