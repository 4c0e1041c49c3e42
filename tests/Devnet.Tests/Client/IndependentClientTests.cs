using System.Text.Json.Nodes;
using Google.Protobuf;
using ProviderAgent.Chain.Keys;
using ProviderAgent.Chain.Sending;
using ProviderAgent.Chain.Transactions;
using ProviderAgent.Devnet.Tests.Npm;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Devnet.Tests.Client;

/// <summary>A client that others wrote reads this chain, its transactions are accepted here, and ours decode in it.</summary>
public sealed class IndependentClientTests
{
    // Public test words.
    private const string Words = "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about";

    [NeedsFact("node", "npm")]
    public async Task Cosmjs_ReadsSendsAndDecodes()
    {
        using var rival = ChainKey.FromMnemonic(Words);
        await using var world = await ClientWorld.StartAsync(change: options => options.Accounts =
            [new() { Address = rival.Address.Value, Coins = [Coin.Parse("100000000uakt"), Coin.Parse("100000000uact")] }]);
        await world.DeployAsync(100);
        world.KeepProducing();
        Assert.IsType<ActionOutcome.Done>(await world.SubmitAsync(world.Bid(100)));
        var ours = world.Outbox.Closed.Single().Transaction;

        var report = await RunAsync(
            world,
            [Harness.Market.CreateProvider(rival), Harness.Market.CreateBid(world.Bid(100).Bid.Order, rival, "40.5")],
            ours.Bytes);

        Assert.Equal(rival.Address.Value, report["address"]!.GetValue<string>());
        Assert.Equal(world.Chain.ChainId, report["chainId"]!.GetValue<string>());
        Assert.Equal("100000000", report["balance"]!["amount"]!.GetValue<string>());
        Assert.Equal(0, report["account"]!["sequence"]!.GetValue<int>());
        Assert.True(report["sent"]!["code"]!.GetValue<int>() == 0, report["sent"]!.ToJsonString());
        Assert.Contains("akash.market.v1.EventBidCreated", report["sent"]!["events"]!.AsArray().Select(name => name!.GetValue<string>()));
        Assert.Equal(report["sent"]!["height"]!.GetValue<long>(), report["found"]!["height"]!.GetValue<long>());
        Assert.Equal(1, report["results"]!.GetValue<int>());
        Assert.InRange(report["gas"]!.GetValue<long>(), 10_000, 1_000_000);

        // The bid that it placed is there for our own client.
        var bid = await world.Market.FindBidAsync(new(world.Bid(100).Bid.Order, rival.Address), default);
        Assert.Equal("40.5", bid!.Price.Amount.ToString());

        // And ours is readable for it, to the last byte.
        var decoded = report["decoded"]![0]!;
        var message = Assert.Single(decoded["messages"]!.AsArray())!;
        Assert.Equal("/akash.market.v1beta5.MsgCreateBid", message["typeUrl"]!.GetValue<string>());
        Assert.Equal(ActionEncoder.Encode(world.Bid(100), world.Provider.Address, hasReclamation: true).ToByteString().ToBase64(), message["value"]!.GetValue<string>());
        Assert.Equal(ours.TimeoutHeight.ToString(System.Globalization.CultureInfo.InvariantCulture), decoded["timeoutHeight"]!.GetValue<string>());
        Assert.Equal("uakt", decoded["fee"]![0]!["denom"]!.GetValue<string>());
        Assert.Equal(world.Provider.PublicKey.Bytes, Convert.FromBase64String(decoded["signer"]!.GetValue<string>()));
    }

    [NeedsFact("node", "npm")]
    public async Task ChainSdk_QueriesOverGrpcAndSendsATransaction()
    {
        using var rival = ChainKey.FromMnemonic(Words);
        await using var world = await ClientWorld.StartAsync(change: options =>
        {
            options.EpochBlocks = 100_000; // the published library knows an older form of records that are carried out
            options.Accounts = [new() { Address = rival.Address.Value, Coins = [Coin.Parse("100000000uakt"), Coin.Parse("100000000uact")] }];
        });
        await world.DeployAsync(100);
        await world.DeployAsync(200);
        world.KeepProducing();
        Assert.IsType<ActionOutcome.Done>(await world.SubmitAsync(world.Bid(200)));
        var certificate = Chain.Certificates.CertificateMaker.Create(rival.Address, ["rival.example.com"], TimeSpan.FromDays(1), TimeProvider.System);
        var packages = await NpmPackages.InstallAsync(NodeScripts.ChainSdkPackage);

        var report = JsonNode.Parse(await packages.RunAsync(NodeScripts.Read("chain-sdk.mjs"), new JsonObject
        {
            ["grpc"] = world.Chain.GrpcAddress!.ToString().TrimEnd('/'),
            ["rpc"] = world.Chain.RpcAddress.ToString().TrimEnd('/'),
            ["mnemonic"] = Words,
            ["address"] = rival.Address.Value,
            ["provider"] = world.Provider.Address.Value,
            ["cert"] = certificate.CertificatePem,
            ["pubkey"] = certificate.PublicKeyPem,
            ["serial"] = certificate.Serial,
        }.ToJsonString()))!;

        Assert.Equal(["100", "200"], report["orders"]!.AsArray().Select(order => order!["dseq"]!.GetValue<string>()).Order());
        Assert.Equal("200 uakt", report["bids"]!.AsArray().Select(bid => $"{bid!["dseq"]} {bid["deposit"]}").Single());
        Assert.Equal(20, report["maxBids"]!.GetValue<int>());
        Assert.Equal("https://rival.example.com:8443", report["provider"]!["hostUri"]!.GetValue<string>());
        Assert.Equal(5, report["absent"]!["code"]!.GetValue<int>());
        Assert.Equal($"{certificate.Serial} 2", report["certificates"]!.AsArray().Select(one => $"{one!["serial"]} {one["state"]}").Single());
        Assert.False((await world.Market.FindCertificateAsync(rival.Address, certificate.Serial, default))!.IsValid);
        Assert.Equal(100_000, report["epoch"]!.GetValue<int>());
        Assert.Equal("uact uakt 1", report["records"]!.AsArray().Select(one => $"{one!["from"]} {one["to"]} {one["status"]}").Single());
        Assert.Equal("https://rival.example.com:8443", (await world.Market.FindProviderAsync(rival.Address, default))!.HostUri.ToString().TrimEnd('/'));
    }

    private static async Task<JsonNode> RunAsync(ClientWorld world, IMessage[] messages, params byte[][] decode)
    {
        var packages = await NpmPackages.InstallAsync(NodeScripts.CosmPackages);
        var input = new JsonObject
        {
            ["rpc"] = world.Chain.RpcAddress.ToString().TrimEnd('/'),
            ["mnemonic"] = Words,
            ["messages"] = new JsonArray([.. messages.Select(TransactionBuilder.Pack).Select(message => new JsonObject
            {
                ["typeUrl"] = message.TypeUrl,
                ["value"] = message.Value.ToBase64(),
            })]),
            ["decode"] = new JsonArray([.. decode.Select(bytes => (JsonNode)Convert.ToBase64String(bytes))]),
        };
        return JsonNode.Parse(await packages.RunAsync(NodeScripts.Read("cosmjs.mjs"), input.ToJsonString()))!;
    }
}
