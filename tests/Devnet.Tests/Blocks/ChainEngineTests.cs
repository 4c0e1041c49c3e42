using ProviderAgent.Chain.Keys;
using ProviderAgent.Chain.Transactions;
using ProviderAgent.Devnet.Blocks;
using ProviderAgent.Devnet.Tests.Harness;

namespace ProviderAgent.Devnet.Tests.Blocks;

public sealed class ChainEngineTests
{
    [Fact]
    public void SameTransactions_MakeTheSameBlocks()
    {
        using var first = new TestChain();
        using var second = new TestChain();
        foreach (var chain in new[] { first, second })
        {
            chain.OpenLease();
            chain.Produce(7);
            chain.Do(chain.Provider, Market.Withdraw(Market.Lease(chain.Tenant, chain.Provider)));
        }

        Assert.Equal(first.Engine.AllBlocks().Select(block => Convert.ToHexString(block.Hash)), second.Engine.AllBlocks().Select(block => Convert.ToHexString(block.Hash)));
        Assert.Equal(first.State.ComputeHash(), second.State.ComputeHash());
    }

    [Fact]
    public void Time_NeverStandsStillOrGoesBack()
    {
        using var chain = new TestChain();
        var first = chain.ProduceAt(TestChain.Start.AddHours(1));

        var same = chain.ProduceAt(TestChain.Start.AddHours(1));
        var earlier = chain.ProduceAt(TestChain.Start);

        Assert.True(first.Time < same.Time && same.Time < earlier.Time);
    }

    [Fact]
    public async Task ManyAtOnce_EveryAcceptedTransactionIsInExactlyOneBlock()
    {
        var keys = Enumerable.Range(0, 8).Select(i => TestKeys.Of($"client {i}")).ToArray();
        using var chain = new TestChain(genesis => genesis with
        {
            Accounts = [.. genesis.Accounts, .. keys.Select(key => new Devnet.Genesis.GenesisAccount(key.Address.Value, ["1000000000uakt", "1000000000uact"]))],
        });
        const int each = 5;
        var accepted = new System.Collections.Concurrent.ConcurrentBag<string>();
        var producing = true;
        var blocks = Task.Run(() =>
        {
            while (Volatile.Read(ref producing)) chain.Produce();
        });

        await Task.WhenAll(keys.Select(key => Task.Run(() => Submit(key))));
        Volatile.Write(ref producing, false);
        await blocks;
        chain.Produce();

        var included = chain.Engine.AllBlocks().SelectMany(block => block.Txs).ToArray();
        Assert.All(included, tx => tx.Result.Is("", 0));
        Assert.Equal(keys.Length * each, accepted.Count);
        Assert.Equal(accepted.Order(), included.Select(tx => tx.Hash.Hex).Order());

        void Submit(ChainKey key)
        {
            var account = chain.Genesis.Accounts.ToList().FindIndex(account => account.Address == key.Address.Value);
            for (var i = 0UL; i < each; i++)
            {
                var body = TransactionBuilder.Body([Market.CreateDeployment(key, 1 + i, 600_000)]);
                var fee = new Wire.Tx.Fee { GasLimit = 2_000_000, Amount = { new Wire.Base.Coin { Denom = "uakt", Amount = "50000" } } };
                var signed = TransactionBuilder.SignAsync(body, fee, new(TestChain.ChainId, (ulong)account, i), key, CancellationToken.None).GetAwaiter().GetResult();
                var submitted = chain.Engine.Submit(signed.Bytes).Result();
                submitted.Is("", 0);
                accepted.Add(signed.Hash.Hex);
            }
        }
    }

    [Fact]
    public void KeepBlocks_OlderOnesAndTheirTransactionsAreGone()
    {
        using var chain = new TestChain(limits: TestChain.DefaultLimits with { KeepBlocks = 3 });
        var hash = chain.Submit(chain.Provider, Market.CreateProvider(chain.Provider)) is SubmitResult.Checked submitted ? submitted.Hash : default;
        chain.Produce();
        Assert.NotNull(chain.Engine.FindTx(hash));

        chain.Produce(5);

        Assert.Null(chain.Engine.FindTx(hash));
        Assert.Null(chain.Engine.FindBlock(3));
        Assert.Equal(4, chain.Engine.View().EarliestHeight);
    }
}
