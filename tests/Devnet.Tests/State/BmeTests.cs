using ProviderAgent.Chain.Wire.Bme;
using ProviderAgent.Devnet.Blocks;
using ProviderAgent.Devnet.Genesis;
using ProviderAgent.Devnet.Tests.Harness;
using CancelReason = ProviderAgent.Chain.Wire.Bme.LedgerCanceledRecord.Types.BMCancelReason;

namespace ProviderAgent.Devnet.Tests.State;

/// <summary>One coin becomes another at the end of an epoch, at the oracle's price, unless the circuit breaker is open.</summary>
public sealed class BmeTests : IDisposable
{
    private TestChain _chain = new(genesis => With(genesis, "0.5", "mint_status_healthy"));

    public void Dispose() => _chain.Dispose();

    [Fact]
    public void BurnAct_CoinsLeaveAtOnceAndArriveAtTheEndOfTheEpoch()
    {
        var before = (Act: _chain.Balance(_chain.Provider), Akt: _chain.Balance(_chain.Provider, "uakt"));

        var asked = _chain.Do(_chain.Provider, Burn(1_000_001));

        Assert.Equal(before.Act - 1_000_001, _chain.Balance(_chain.Provider));
        var answer = MsgBurnACTResponse.Parser.ParseFrom(Wire.Abci.TxMsgData.Parser.ParseFrom(asked.Data).MsgResponses.Single().Value);
        Assert.Equal((LedgerRecordStatus.Pending, 1L, "uact", "uakt"), (answer.Status, answer.Id.Sequence, answer.Id.Denom, answer.Id.ToDenom));
        var paid = _chain.Balance(_chain.Provider, "uakt");

        var block = ProduceToEpoch();

        // One ACT is one USD and one AKT half of one.
        Assert.Equal(paid + 2_000_002, _chain.Balance(_chain.Provider, "uakt"));
        Assert.Equal(LedgerRecordStatus.Executed, Record().Status);
        var raised = Assert.Single(block.EndEvents, one => one.Type == "akash.bme.v1.EventLedgerRecordExecuted");
        Assert.Equal("""{"coin":{"denom":"uakt","amount":"2000002"},"price":"0.500000000000000000"}""", raised.Attributes.Single(attribute => attribute.Key == "minted").Value);
        Assert.DoesNotContain(raised.Attributes, attribute => attribute.Key == "msg_index");
    }

    [Fact]
    public void MintAct_KeepsTheSpread()
    {
        var before = _chain.Balance(_chain.Tenant);

        _chain.Do(_chain.Tenant, new MsgMintACT { Owner = _chain.Tenant.Address.Value, To = _chain.Tenant.Address.Value, CoinsToBurn = new() { Denom = "uakt", Amount = "40000000" } });
        ProduceToEpoch();

        Assert.Equal(before + 20_000_000 - 50_000, _chain.Balance(_chain.Tenant));
    }

    [Theory]
    [InlineData("uakt", "5", "bme", 9u)]
    [InlineData("uact", "0", "bme", 8u)]
    [InlineData("uact", "-5", "bme", 8u)]
    [InlineData("uact", "99999999999999999", "sdk", 5u)]
    public void BurnAct_WrongCoin_IsRefused(string denom, string amount, string codespace, uint code)
    {
        var submitted = _chain.Submit(_chain.Provider, new MsgBurnACT { Owner = _chain.Provider.Address.Value, To = _chain.Provider.Address.Value, CoinsToBurn = new() { Denom = denom, Amount = amount } });
        var result = submitted.Result().Code != 0 ? submitted.Result() : _chain.Produce().Txs.Single().Result;

        result.Is(codespace, code);
    }

    [Fact]
    public void MintAct_BelowTheMinimum_IsRefused() => _chain.Send(
        _chain.Tenant, new MsgMintACT { Owner = _chain.Tenant.Address.Value, To = _chain.Tenant.Address.Value, CoinsToBurn = new() { Denom = "uakt", Amount = "100" } }).Is("bme", 17);

    [Theory]
    [InlineData(null, "mint_status_healthy", 5u, 5u)]
    [InlineData("0.5", "mint_status_halt_oracle", 5u, 5u)]
    [InlineData("0.5", "mint_status_halt_cr", 0u, 6u)]
    [InlineData("0.5", "mint_status_warning", 0u, 0u)]
    public void Breaker_StopsMakingCreditFirst(string? price, string status, uint burn, uint mint)
    {
        _chain.Dispose();
        _chain = new(genesis => With(genesis, price, status));

        Assert.Equal(burn, _chain.Send(_chain.Provider, Burn(1_000_000)).Code);
        Assert.Equal(mint, _chain.Send(_chain.Tenant, new MsgBurnMint { Owner = _chain.Tenant.Address.Value, To = _chain.Tenant.Address.Value, CoinsToBurn = new() { Denom = "uakt", Amount = "40000000" }, DenomToMint = "uact" }).Code);
    }

    [Fact]
    public void Epoch_OracleWentAway_IsTriedAgainAndPaidBackInTheEnd()
    {
        _chain.Dispose();
        _chain = new(genesis => With(genesis, "0.5", "mint_status_healthy") with { ParameterChanges = [new(5, With(genesis, null, "mint_status_healthy").Parameters)] });
        var before = _chain.Balance(_chain.Provider);
        _chain.Do(_chain.Provider, Burn(1_000_000));

        ProduceToEpoch();
        Assert.Equal((LedgerRecordStatus.Pending, 1u), (Record().Status, Record().PendingRecord.Attempts));
        _chain.Produce(20);

        Assert.Equal((LedgerRecordStatus.Canceled, CancelReason.MaxAttempts), (Record().Status, Record().CanceledRecord.CancelReason));
        Assert.Equal(before, _chain.Balance(_chain.Provider));
    }

    [Fact]
    public void ParameterChange_ReplayedFromItsLog_LeadsToTheSameState()
    {
        var folder = new TempFolder();
        GenesisDocument Changing(GenesisDocument genesis) => genesis with { ParameterChanges = [new(4, genesis.Parameters with { OrderMaxBids = 1, HasReclamation = false, Bme = new("2", "mint_status_healthy", 5) })] };
        string hash;
        using (var probe = new TestChain(Changing))
        {
            using var first = new TestChain(Changing, BlockFile.Open(folder.File("blocks"), probe.Genesis));
            first.Do(first.Provider, Burn(1_000_000));
            first.Produce(9);
            Assert.Equal(500_000 + first.Balance(first.Rival, "uakt"), first.Balance(first.Provider, "uakt") + 75_000);
            hash = Convert.ToHexString(first.State.ComputeHash());
        }

        using var again = new TestChain(Changing, BlockFile.Open(folder.File("blocks"), _chain.Genesis with { ParameterChanges = Changing(TestChain.DefaultGenesis(_chain.Tenant, _chain.Provider, _chain.Rival, _chain.Auditor)).ParameterChanges, Parameters = TestChain.DefaultGenesis().Parameters }));
        Assert.Equal(hash, Convert.ToHexString(again.State.ComputeHash()));
        Assert.False(again.State.Parameters.HasReclamation);
        folder.Dispose();
    }

    private static GenesisDocument With(GenesisDocument genesis, string? price, string status) => genesis with { Parameters = genesis.Parameters with { Bme = new(price, status, 10) } };

    private MsgBurnACT Burn(long amount) => new()
    {
        Owner = _chain.Provider.Address.Value,
        To = _chain.Provider.Address.Value,
        CoinsToBurn = new() { Denom = "uact", Amount = amount.ToString(System.Globalization.CultureInfo.InvariantCulture) },
    };

    private QueryLedgerRecordEntry Record() => _chain.State.BmeRecords.All().Single().Entry;

    private Block ProduceToEpoch()
    {
        Block block;
        do
        {
            block = _chain.Produce();
        }
        while (block.Height % 10 != 0);

        return block;
    }
}
