using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using ProviderAgent.Chain.Transactions;
using ProviderAgent.Devnet.Blocks;
using ProviderAgent.Devnet.Modules;
using ProviderAgent.Devnet.Tests.Harness;

namespace ProviderAgent.Devnet.Tests.Transactions;

public sealed class TransactionTests
{
    [Fact]
    public void Submit_SeveralInARow_TheMempoolCountsTheSequenceOn()
    {
        using var chain = new TestChain();
        var body = TransactionBuilder.Body([Market.CreateDeployment(chain.Tenant)]);
        chain.Engine.Submit(chain.Sign(chain.Tenant, body)).Result().Is("", 0);
        var next = TransactionBuilder.Body([Market.CreateDeployment(chain.Tenant, 101)]);
        chain.Engine.Submit(chain.Sign(chain.Tenant, next, ahead: 2)).Result().Is("sdk", 32);

        chain.Engine.Submit(chain.Sign(chain.Tenant, next, ahead: 1)).Result().Is("", 0);

        Assert.Equal(0UL, chain.State.Accounts.Find(chain.Tenant.Address)!.Sequence);
        Assert.All(chain.Produce().Txs, tx => tx.Result.Is("", 0));
        Assert.Equal(2UL, chain.State.Accounts.Find(chain.Tenant.Address)!.Sequence);
    }

    [Fact]
    public void Submit_WrongSequence_NamesTheExpectedOne()
    {
        using var chain = new TestChain();

        var result = chain.Engine.Submit(chain.Sign(chain.Tenant, Body(chain), ahead: 5)).Result();

        result.Is("sdk", 32);
        Assert.Equal("account sequence mismatch, expected 0, got 5: incorrect account sequence", result.Log);
    }

    [Theory]
    [InlineData("another chain", 4u)]
    [InlineData("high s", 4u)]
    [InlineData("bit flipped", 4u)]
    [InlineData("signature too long", 4u)]
    [InlineData("no signature", 15u)]
    [InlineData("two signatures", 4u)]
    [InlineData("empty signature", 4u)]
    [InlineData("another key", 8u)]
    [InlineData("no key", 8u)]
    [InlineData("mode unspecified", 4u)]
    public void Submit_SignatureWrong_IsRefused(string what, uint code)
    {
        using var chain = new TestChain();
        var raw = Wire.Tx.TxRaw.Parser.ParseFrom(chain.Sign(chain.Tenant, Body(chain), chainId: what == "another chain" ? "other-1" : TestChain.ChainId));
        var signature = raw.Signatures[0].ToByteArray();
        var info = Wire.Tx.AuthInfo.Parser.ParseFrom(raw.AuthInfoBytes);
        switch (what)
        {
            case "another chain": break;
            case "high s":
                Chain.Keys.Secp256k1.Write(Chain.Keys.Secp256k1.Order - Chain.Keys.Secp256k1.Read(signature.AsSpan(32)), signature.AsSpan(32));
                raw.Signatures[0] = ByteString.CopyFrom(signature);
                break;
            case "bit flipped":
                signature[5] ^= 1;
                raw.Signatures[0] = ByteString.CopyFrom(signature);
                break;
            case "signature too long": raw.Signatures[0] = ByteString.CopyFrom([.. signature, 0]); break;
            case "no signature": raw.Signatures.Clear(); break;
            case "two signatures": raw.Signatures.Add(raw.Signatures[0]); break;
            case "empty signature": raw.Signatures[0] = ByteString.Empty; break;
            case "another key": info.SignerInfos[0].PublicKey = TransactionBuilder.Pack(new Wire.Crypto.PubKey { Key = ByteString.CopyFrom(chain.Rival.PublicKey.Bytes) }); break;
            case "no key": info.SignerInfos[0].PublicKey = null; break;
            case "mode unspecified": info.SignerInfos[0].ModeInfo.Single.Mode = default; break;
            default: Assert.Fail(what); break;
        }

        raw.AuthInfoBytes = info.ToByteString();
        chain.Engine.Submit(raw.ToByteArray()).Result().Is("sdk", code);
    }

    [Theory]
    [InlineData(3_000_000, 74_999L, 13u)]
    [InlineData(3_000_000, 75_000L, 0u)]
    [InlineData(3_000_001, 75_000L, 13u)]
    [InlineData(3_000_000, 0L, 13u)]
    [InlineData(3_000_000, 2 * TestChain.Rich, 5u)]
    [InlineData(0, 75_000L, 41u)]
    [InlineData(1_000, 75_000L, 11u)]
    public void Submit_Fee_IsChecked(ulong gas, long fee, uint code)
    {
        using var chain = new TestChain();

        chain.Engine.Submit(chain.Sign(chain.Tenant, Body(chain), gas, fee)).Result().Is(code == 0 ? "" : "sdk", code);
    }

    [Fact]
    public void Submit_AccountThatNeverReceivedAnything_Is9()
    {
        using var chain = new TestChain();
        using var stranger = TestKeys.Of("stranger");

        chain.Submit(stranger, Market.CreateDeployment(stranger)).Result().Is("sdk", 9);
    }

    [Fact]
    public void Submit_LongMemo_Is12()
    {
        using var chain = new TestChain();
        var body = Body(chain);
        body.Memo = new string('x', 257);

        chain.Engine.Submit(chain.Sign(chain.Tenant, body)).Result().Is("sdk", 12);
    }

    [Fact]
    public void Submit_TimeoutHeight_IsTheLastBlockThatMayHoldIt()
    {
        using var chain = new TestChain();
        chain.Produce(5);
        var body = Body(chain);
        body.TimeoutHeight = 4;
        chain.Engine.Submit(chain.Sign(chain.Tenant, body)).Result().Is("sdk", 30);
        body.TimeoutHeight = 5; // accepted at height 5, too late in block 6

        chain.Engine.Submit(chain.Sign(chain.Tenant, body)).Result().Is("", 0);

        chain.Produce().Txs.Single().Result.Is("sdk", 30);
        Assert.Equal(0UL, chain.State.Accounts.Find(chain.Tenant.Address)!.Sequence);
    }

    [Fact]
    public void Submit_TimeoutTimestamp_IsAgainstTheBlocksTime()
    {
        using var chain = new TestChain();
        chain.Produce(5);
        var body = Body(chain);
        body.TimeoutTimestamp = Timestamp.FromDateTimeOffset(TestChain.Start.AddSeconds(29));

        chain.Engine.Submit(chain.Sign(chain.Tenant, body)).Result().Is("sdk", 42);
    }

    [Fact]
    public void Execution_Fails_FeeAndSequenceAreGoneTheRestIsNot()
    {
        using var chain = new TestChain();
        var (fees, money) = (chain.Balance(Bank.FeeCollector, "uakt"), chain.Balance(chain.Tenant, "uakt"));

        var result = chain.Send(chain.Tenant, Market.CreateDeployment(chain.Tenant), Market.CloseDeployment(chain.Tenant, 5));

        result.Is("deployment", 4);
        Assert.StartsWith("failed to execute message; message index: 1: ", result.Log, StringComparison.Ordinal);
        Assert.Equal(0, chain.State.Deployments.Count);
        Assert.Equal(fees + 75_000, chain.Balance(Bank.FeeCollector, "uakt"));
        Assert.Equal(money - 75_000, chain.Balance(chain.Tenant, "uakt"));
        Assert.Equal(1UL, chain.State.Accounts.Find(chain.Tenant.Address)!.Sequence);
        Assert.Empty(result.TypedEvents());
        Assert.Contains(result.Events, one => one.Type == "tx" && one.Attributes[0].Key == "fee");
    }

    [Fact]
    public void Execution_OutOfGas_Is11AndNothingIsKept()
    {
        using var chain = new TestChain();
        var bytes = chain.Sign(chain.Tenant, Body(chain), gas: 60_000);
        chain.Engine.Submit(bytes).Result().Is("", 0);

        var result = chain.Produce().Txs.Single().Result;

        result.Is("sdk", 11);
        Assert.Contains("gasWanted: 60000", result.Log, StringComparison.Ordinal);
        Assert.Equal(0, chain.State.Deployments.Count);
    }

    [Fact]
    public void Simulate_EmptySignature_TellsTheGasOfTheRealTransaction()
    {
        using var chain = new TestChain();
        var body = Body(chain);
        var account = chain.State.Accounts.Find(chain.Tenant.Address)!;
        var bytes = TransactionBuilder.ForSimulation(body, new(), chain.Tenant.PublicKey, account.Sequence);

        var simulated = chain.Engine.Simulate(bytes);
        chain.Engine.Submit(chain.Sign(chain.Tenant, body, gas: 400_000)).Result().Is("", 0);
        var real = chain.Produce().Txs.Single().Result;

        simulated.Is("", 0);
        real.Is("", 0);
        Assert.InRange(simulated.GasUsed, real.GasUsed * 9 / 10, real.GasUsed * 11 / 10);
        Assert.Equal(1, chain.State.Deployments.Count);
    }

    [Fact]
    public void Simulate_SmallestTransaction_TellsEnoughForTheRealOne()
    {
        using var chain = new TestChain();
        var body = TransactionBuilder.Body([Market.CreateProvider(chain.Provider)]);

        var simulated = chain.Engine.Simulate(TransactionBuilder.ForSimulation(body, new(), chain.Provider.PublicKey, 0));
        chain.Engine.Submit(chain.Sign(chain.Provider, body)).Result().Is("", 0);
        var real = chain.Produce().Txs.Single().Result;

        Assert.InRange(simulated.GasUsed, real.GasUsed, real.GasUsed * 12 / 10);
    }

    [Fact]
    public void Simulate_SeesWaitingSequencesButNotTheirMessages()
    {
        using var chain = new TestChain();
        chain.Engine.Submit(chain.Sign(chain.Tenant, Body(chain))).Result().Is("", 0);

        chain.Engine.Simulate(TransactionBuilder.ForSimulation(Body(chain), new(), chain.Tenant.PublicKey, 0)).Is("sdk", 32);
        chain.Engine.Simulate(TransactionBuilder.ForSimulation(Body(chain), new(), chain.Tenant.PublicKey, 1)).Is("", 0);
    }

    [Fact]
    public void Submit_SameAgain_IsKnownWhileItWaitsAndAfterItSucceeded()
    {
        using var chain = new TestChain();
        var bytes = chain.Sign(chain.Tenant, Body(chain));
        chain.Engine.Submit(bytes).Result().Is("", 0);
        Assert.Equal("tx already exists in cache", Assert.IsType<SubmitResult.Rejected>(chain.Engine.Submit(bytes)).Text);
        chain.Produce();

        Assert.Equal("tx already exists in cache", Assert.IsType<SubmitResult.Rejected>(chain.Engine.Submit(bytes)).Text);
    }

    [Fact]
    public void Submit_RefusedByTheCheck_MayComeAgain()
    {
        using var chain = new TestChain();
        var early = chain.Sign(chain.Tenant, TransactionBuilder.Body([Market.CreateDeployment(chain.Tenant, 101)]), ahead: 1);
        chain.Engine.Submit(early).Result().Is("sdk", 32);
        chain.Do(chain.Tenant, Market.CreateDeployment(chain.Tenant));

        chain.Engine.Submit(early).Result().Is("", 0);
    }

    [Fact]
    public void Submit_MempoolFullOrTooLarge_IsRefusedUnseen()
    {
        using var chain = new TestChain(limits: TestChain.DefaultLimits with { MaxMempoolTxs = 1, MaxTxBytes = 2_000 });
        var large = Body(chain);
        large.Memo = new string('x', 2_000);
        Assert.StartsWith("Tx too large. Max size is 2000, but got ", Assert.IsType<SubmitResult.Rejected>(chain.Engine.Submit(chain.Sign(chain.Tenant, large))).Text, StringComparison.Ordinal);
        chain.Submit(chain.Tenant, Market.CreateDeployment(chain.Tenant)).Result().Is("", 0);

        var full = Assert.IsType<SubmitResult.Rejected>(chain.Submit(chain.Provider, Market.CreateProvider(chain.Provider)));

        Assert.StartsWith("mempool is full: number of txs 1 (max: 1)", full.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Recheck_AfterABlock_DropsWhatCannotBePaidAnyMore()
    {
        using var poor = TestKeys.Of("poor");
        using var chain = new TestChain(
            genesis => genesis with { Accounts = [.. genesis.Accounts, new(poor.Address.Value, ["100000uakt"])] },
            limits: TestChain.DefaultLimits with { MaxBlockBytes = 1_000, MaxTxBytes = 1_000 });
        foreach (var (gas, ahead) in new[] { (2_000_000UL, 0UL), (1_000_000UL, 1UL) })
        {
            chain.Engine.Submit(chain.Sign(poor, TransactionBuilder.Body([Market.CreateProvider(poor)], memo: new string('x', 250)), gas, ahead: ahead)).Result().Is("", 0);
        }

        Assert.Single(chain.Produce().Txs);
        Assert.Equal(1, chain.Engine.View().WaitingTxs);
        Assert.Single(chain.Produce().Txs);
        Assert.Equal(0, chain.Engine.View().WaitingTxs);
    }

    [Fact]
    public void FeeGrant_OfTheGenesis_LetsTheGranterPay()
    {
        using var granter = TestKeys.Of("granter");
        using var chain = new TestChain(genesis => genesis with
        {
            Accounts = [.. genesis.Accounts, new(granter.Address.Value, ["1000000uakt"])],
            FeeGrants = [new(granter.Address.Value, TestKeys.Of("tenant").Address.Value)],
        });
        chain.Engine.Submit(WithGranter(chain, chain.Tenant, granter.Address.Value)).Result().Is("", 0);
        chain.Produce();

        Assert.Equal(925_000, chain.Balance(granter.Address, "uakt"));
        Assert.Equal(TestChain.Rich, chain.Balance(chain.Tenant, "uakt"));
        chain.Engine.Submit(WithGranter(chain, chain.Provider, granter.Address.Value)).Result().Is("sdk", 38);
    }

    [Theory]
    [InlineData("right", 0u)]
    [InlineData("no timestamp", 18u)]
    [InlineData("too far", 18u)]
    [InlineData("past", 42u)]
    [InlineData("with a sequence", 18u)]
    public void Unordered_Rules(string what, uint code)
    {
        using var chain = new TestChain();
        chain.Produce(10);
        var now = chain.Engine.View().Latest!.Time;
        var body = Body(chain);
        body.Unordered = true;
        body.TimeoutTimestamp = what switch
        {
            "no timestamp" => null,
            "too far" => Timestamp.FromDateTimeOffset(now.AddMinutes(10.5)),
            "past" => Timestamp.FromDateTimeOffset(now.AddSeconds(-1)),
            _ => Timestamp.FromDateTimeOffset(now.AddMinutes(5)),
        };

        chain.Engine.Submit(chain.Sign(chain.Tenant, body, ahead: what == "with a sequence" ? 1UL : 0)).Result().Is(code == 0 ? "" : "sdk", code);
    }

    [Fact]
    public void Unordered_SameTimestampTwice_IsRefusedAnotherIsNot()
    {
        using var chain = new TestChain();
        chain.Produce(1);
        var now = chain.Engine.View().Latest!.Time;
        for (var i = 0; i < 2; i++)
        {
            var body = TransactionBuilder.Body([Market.CreateDeployment(chain.Tenant, 200 + (ulong)i)]);
            body.Unordered = true;
            body.TimeoutTimestamp = new() { Seconds = now.ToUnixTimeSeconds() + 60, Nanos = 1 };
            var again = chain.Engine.Submit(chain.Sign(chain.Tenant, body)).Result();
            again.Is(i == 0 ? "" : "sdk", i == 0 ? 0u : 18u);
            body.TimeoutTimestamp.Nanos = 2;
            if (i == 1) chain.Engine.Submit(chain.Sign(chain.Tenant, body)).Result().Is("", 0);
        }

        Assert.All(chain.Produce().Txs, tx => tx.Result.Is("", 0));
        Assert.Equal(0UL, chain.State.Accounts.Find(chain.Tenant.Address)!.Sequence);
        Assert.Equal(2, chain.State.Nonces.Count);
        chain.ProduceAt(now.AddMinutes(2));
        Assert.Equal(0, chain.State.Nonces.Count);
    }

    private static byte[] WithGranter(TestChain chain, Chain.Keys.ChainKey signer, string granter)
    {
        var account = chain.State.Accounts.Find(signer.Address)!;
        var fee = new Wire.Tx.Fee { GasLimit = 3_000_000, Granter = granter, Amount = { new Wire.Base.Coin { Denom = "uakt", Amount = "75000" } } };
        var body = TransactionBuilder.Body([Market.CreateDeployment(signer)]);
        return TransactionBuilder.SignAsync(body, fee, new(TestChain.ChainId, account.Number, account.Sequence), signer, CancellationToken.None).GetAwaiter().GetResult().Bytes;
    }

    private static Wire.Tx.TxBody Body(TestChain chain) => TransactionBuilder.Body([Market.CreateDeployment(chain.Tenant)]);
}
