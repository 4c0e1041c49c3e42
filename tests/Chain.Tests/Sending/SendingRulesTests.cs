using Google.Protobuf;
using ProviderAgent.Chain.Mapping;
using ProviderAgent.Chain.Numbers;
using ProviderAgent.Chain.Sending;
using ProviderAgent.Chain.Tests.Scripted;
using ProviderAgent.Chain.Tests.Vectors;
using ProviderAgent.Chain.Transactions;
using ProviderAgent.Chain.Wire.Market.V1Beta5;
using ProviderAgent.Chain.Wire.Provider;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Chain.Tests.Sending;

/// <summary>The pure parts of sending: which actions share a transaction, what errors mean, and what actions look like on the wire.</summary>
public sealed class SendingRulesTests
{
    [Theory]
    [InlineData("market", 21u, MarketRefusal.BidExists)]
    [InlineData("market", 15u, MarketRefusal.OrderNotFound)]
    [InlineData("market", 13u, MarketRefusal.OrderNotOpen)]
    [InlineData("market", 23u, MarketRefusal.OrderNotOpen)]
    [InlineData("market", 24u, MarketRefusal.OrderNotOpen)]
    [InlineData("market", 22u, MarketRefusal.PriceAboveLimit)]
    [InlineData("market", 8u, MarketRefusal.BidNotOpen)]
    [InlineData("market", 10u, MarketRefusal.LeaseNotActive)]
    [InlineData("market", 28u, MarketRefusal.DepositInvalid)]
    [InlineData("market", 30u, MarketRefusal.ProviderNotRegistered)]
    [InlineData("market", 32u, MarketRefusal.CapabilitiesMismatch)]
    [InlineData("market", 5u, MarketRefusal.AttributesMismatch)]
    [InlineData("market", 36u, MarketRefusal.ReclaimAlreadyStarted)]
    [InlineData("market", 37u, MarketRefusal.ReclaimNotStarted)]
    [InlineData("market", 38u, MarketRefusal.ReclaimWindowNotElapsed)]
    [InlineData("market", 39u, MarketRefusal.ReclaimWindowOutOfBounds)]
    [InlineData("market", 40u, MarketRefusal.ReclaimRequired)]
    [InlineData("market", 41u, MarketRefusal.ReclaimWindowTooShort)]
    [InlineData("provider", 4u, MarketRefusal.ProviderExists)]
    [InlineData("cert", 3u, MarketRefusal.CertificateExists)]
    [InlineData("sdk", 5u, MarketRefusal.InsufficientFunds)]
    [InlineData("sdk", 13u, MarketRefusal.FeeTooLow)]
    [InlineData("undefined", 111222u, MarketRefusal.Other)]
    [InlineData("deployment", 21u, MarketRefusal.Other)] // the same number in another codespace means something else
    public void FromCode_RegisteredErrors_HaveTheirMeaning(string codespace, uint code, MarketRefusal meaning) =>
        Assert.Equal(meaning, RefusalMap.FromCode(codespace, code));

    [Theory]
    [InlineData("failed to execute message; message index: 2: bid price is invalid", "market", 22u)]
    [InlineData("failed to execute message; message index: 0: invalid bid: bid exists from provider with gas used: '81234'", "market", 21u)]
    [InlineData("failed to execute message; message index: 0: too many existing bids (21): invalid bid", "market", 31u)]
    [InlineData("spendable balance 0uakt is smaller than 1uakt: insufficient funds", "sdk", 5u)]
    [InlineData("order closed", "market", 24u)]
    [InlineData("rpc error: code = Unknown desc = failed to execute message; message index: 0: deposit invalid: insufficient balance with gas used: '28856': unknown request", "market", 28u)]
    [InlineData("failed to execute message; message index: 0: reclamation not started; call MsgLeaseStartReclaim first", "market", 37u)]
    public void FromText_RegisteredEndings_AreFound(string text, string codespace, uint code) =>
        Assert.Equal((codespace, code), RefusalMap.FromText(text));

    [Theory]
    [InlineData("")]
    [InlineData("something new")]
    [InlineData("preorder closed")] // not the registered text, only its letters
    [InlineData("order closed: and then something else")]
    public void FromText_AnythingElse_IsNotGuessed(string text) => Assert.Null(RefusalMap.FromText(text));

    [Theory]
    [InlineData("failed to execute message; message index: 12: order closed", 12)]
    [InlineData("message index: x", null)]
    [InlineData("message index: 99999999999999999999", 999999999)]
    [InlineData("recovered: panic", null)]
    public void MessageIndex_IsReadOrUnknown(string text, int? index) => Assert.Equal(index, FailureText.MessageIndex(text));

    [Fact]
    public void ExpectedSequence_IsReadOrUnknown()
    {
        Assert.Equal(42UL, FailureText.ExpectedSequence("account sequence mismatch, expected 42, got 41: incorrect account sequence"));
        Assert.Null(FailureText.ExpectedSequence("account sequence mismatch"));
        Assert.Null(FailureText.ExpectedSequence("expected 99999999999999999999, got 1"));
        Assert.True(FailureText.IsSequenceMismatch("x: incorrect account sequence"));
        Assert.False(FailureText.IsSequenceMismatch("order closed"));
    }

    [Fact]
    public void Take_Order_IsKeptAndTheCapHolds()
    {
        var waiting = Enumerable.Range(1, 10).Select(i => Pending(TestKeys.PlaceBid((ulong)i))).ToList();
        var all = waiting.ToArray();

        var batch = BatchPicker.Take(waiting, [], 4);

        Assert.Equal(all[..4], batch);
        Assert.Equal(all[4..], waiting);
    }

    [Fact]
    public void Take_Settlements_OnePerDeploymentAndNoneOfThoseUnderWay()
    {
        var (first, second, close, other) = (Pending(TestKeys.Withdraw(1)), Pending(TestKeys.Withdraw(1, 2)), Pending(new MarketAction.CloseBid(TestKeys.Bid(1, 3), LeaseCloseReason.Unstable)), Pending(TestKeys.Withdraw(2)));
        var bid = Pending(TestKeys.PlaceBid(1)); // settles nothing, so it may go with a settlement
        List<PendingAction> waiting = [first, second, close, bid, other];

        Assert.Equal([first, bid, other], BatchPicker.Take(waiting, [], 20));
        Assert.Empty(BatchPicker.Take(waiting, [TestKeys.Bid(1).Order.Deployment], 20));
        Assert.Equal([second], BatchPicker.Take(waiting, [], 20));
        Assert.Equal([close], BatchPicker.Take(waiting, [], 20));
    }

    [Fact]
    public void Take_AloneOrTooLarge_DoesNotShare()
    {
        var (normal, alone) = (Pending(TestKeys.PlaceBid(1)), Pending(TestKeys.PlaceBid(2)));
        alone.Alone = true;
        List<PendingAction> waiting = [alone, normal];
        Assert.Equal([alone], BatchPicker.Take(waiting, [], 20));

        waiting = [normal, alone];
        Assert.Equal([normal], BatchPicker.Take(waiting, [], 20));
        Assert.Equal([alone], BatchPicker.Take(waiting, [], 20));

        var large = new MarketAction.PublishCertificate(new string('x', 100_000), "key");
        waiting = [Pending(large), Pending(large), normal];
        Assert.Equal(2, BatchPicker.Take(waiting, [], 20).Count); // the first large one and the small one
        Assert.Single(waiting);
    }

    [Theory]
    [InlineData("MsgCloseBid, unspecified")]
    [InlineData("MsgCloseBid, unstable, memo and timeout height")]
    [InlineData("MsgWithdrawLease")]
    [InlineData("MsgLeaseStartReclaim, decommission")]
    [InlineData("MsgCreateProvider")]
    [InlineData("MsgUpdateProvider")]
    [InlineData("MsgCreateCertificate")]
    [InlineData("MsgCreateBid, gpu offer")]
    [InlineData("MsgCreateBid, no resources offer, sequence 0, account 0")]
    public void Encode_ActionOfAVector_GivesItsBytes(string name)
    {
        var entry = VectorFile.Entries("transactions").First(entry => entry.Text("name") == name);
        var expected = entry.At("message_bytes").AsArray()[0]!;
        var message = VectorMessage.Parse(expected.Text("type_url"), expected.Hex("hex"));

        var encoded = ActionEncoder.Encode(Action(message), TestKeys.ProviderAddress, hasReclamation: true);

        Assert.Equal(expected.Text("type_url"), TransactionBuilder.Pack(encoded).TypeUrl);
        Assert.Equal(expected.Text("hex"), Convert.ToHexStringLower(encoded.ToByteArray()));
    }

    private static MarketAction Action(IMessage message) => message switch
    {
        MsgCloseBid close => new MarketAction.CloseBid(WireIds.ToBidId(close.Id), LeaseReasons.FromWire(close.Reason)),
        MsgWithdrawLease withdraw => new MarketAction.Withdraw(WireIds.ToLeaseId(withdraw.Id)),
        MsgLeaseStartReclaim reclaim => new MarketAction.StartReclaim(WireIds.ToLeaseId(reclaim.Id), LeaseReasons.FromWire(reclaim.Reason)),
        MsgCreateProvider create => new MarketAction.CreateProvider(WireProviders.ToRecord(new() { Owner = create.Owner, HostUri = create.HostUri, Attributes = { create.Attributes }, Info = create.Info })),
        MsgUpdateProvider update => new MarketAction.UpdateProvider(WireProviders.ToRecord(new() { Owner = update.Owner, HostUri = update.HostUri, Attributes = { update.Attributes }, Info = update.Info })),
        Wire.Cert.MsgCreateCertificate certificate => new MarketAction.PublishCertificate(certificate.Cert.ToStringUtf8(), certificate.Pubkey.ToStringUtf8()),
        MsgCreateBid bid => new MarketAction.PlaceBid(
            WireIds.ToBidId(bid.Id),
            WireCoins.ToRate(bid.Price, "price"),
            WireCoins.ToCoin(bid.Deposit.Amount, "deposit"),
            bid.ResourcesOffer.Select(offer => new ResourceUnit(WireResources.ToResources(offer.Resources), (int)offer.Count, WireCoins.ToRate(bid.Price, "price"))).ToValueList(),
            null),
        _ => throw new NotSupportedException(message.Descriptor.FullName),
    };

    private static PendingAction Pending(MarketAction action) => new(action, ActionEncoder.Encode(action, TestKeys.ProviderAddress, hasReclamation: true));
}
