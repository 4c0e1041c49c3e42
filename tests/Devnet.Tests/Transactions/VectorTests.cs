using System.Globalization;
using System.Text.Json.Nodes;
using ProviderAgent.Devnet.Blocks;
using ProviderAgent.Devnet.Genesis;
using ProviderAgent.Devnet.Tests.Harness;
using ProviderAgent.Devnet.Transactions;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Devnet.Tests.Transactions;

/// <summary>Transactions that an independent library built and signed.</summary>
public sealed class VectorTests
{
    // A day on which none of the vectors' time limits has passed or lies too far ahead.
    private static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeSeconds(1_795_000_000 - 60);

    public static TheoryData<string> Names()
    {
        var names = new TheoryData<string>();
        foreach (var vector in Vectors()) names.Add(vector["name"]!.GetValue<string>());
        return names;
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Vector_GenesisArrangedForIt_IsAcceptedBitForBit(string name)
    {
        var vector = Vectors().Single(vector => vector["name"]!.GetValue<string>() == name);
        var inputs = vector["inputs"]!;
        var bytes = Convert.FromHexString(vector["tx_raw"]!["hex"]!.GetValue<string>());
        var engine = Engine(inputs);

        var simulated = engine.Simulate(Convert.FromHexString(vector["tx_bytes_for_simulate_with_empty_signature"]!["hex"]!.GetValue<string>()));
        var submitted = engine.Submit(bytes).Result();

        Assert.Equal(vector["tx_hash"]!.GetValue<string>(), TxHash.Of(bytes).Hex);
        // The market may refuse what does not exist here; the envelope is right.
        submitted.Is("", 0);
        Assert.NotEqual("sdk", simulated.Codespace);
        Assert.NotEqual("sdk", engine.Produce(Now.AddSeconds(6)).Txs.Single().Result.Codespace);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Vector_AnythingAboutItsAccountWrong_IsRefused(string name)
    {
        var vector = Vectors().Single(vector => vector["name"]!.GetValue<string>() == name);
        var inputs = vector["inputs"]!.DeepClone();
        var bytes = Convert.FromHexString(vector["tx_raw"]!["hex"]!.GetValue<string>());
        inputs["account_number"] = (ulong.Parse(inputs["account_number"]!.GetValue<string>(), CultureInfo.InvariantCulture) + 1).ToString(CultureInfo.InvariantCulture);
        Engine(inputs).Submit(bytes).Result().Is("sdk", 4);

        inputs = vector["inputs"]!.DeepClone();
        inputs["chain_id"] = "other-1";
        Engine(inputs).Submit(bytes).Result().Is("sdk", 4);
    }

    private static ChainEngine Engine(JsonNode inputs)
    {
        var signer = inputs["signer"]!["address"]!.GetValue<string>();
        var granter = inputs["fee_granter"]!.GetValue<string>();
        var number = ulong.Parse(inputs["account_number"]!.GetValue<string>(), CultureInfo.InvariantCulture);
        var sequence = inputs["unordered"]!.GetValue<bool>() ? 0 : ulong.Parse(inputs["sequence"]!.GetValue<string>(), CultureInfo.InvariantCulture);
        string[] coins = ["1000000000uakt", "1000000000uact"];
        var genesis = TestChain.DefaultGenesis() with
        {
            ChainId = inputs["chain_id"]!.GetValue<string>(),
            Time = Now,
            Accounts = [new(signer, [.. coins], number, sequence), .. granter.Length > 0 ? [new GenesisAccount(granter, [.. coins])] : Array.Empty<GenesisAccount>()],
            FeeGrants = granter.Length > 0 ? [new(granter, signer)] : [],
        };
        return new(genesis, new(new TxLimits(Decimal18.Parse("0.0025"))), TestChain.DefaultLimits, new NoBlockLog());
    }

    private static IEnumerable<JsonNode> Vectors() => Repository.VectorJson("chain/transactions.json")["vectors"]!.AsArray().Select(node => node!);
}
