using Microsoft.Extensions.DependencyInjection;
using ProviderAgent.Devnet.Hosting;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Devnet.Tests.Client;

/// <summary>The client's view of coins: what they are worth, what becomes of earnings, and the certificate's end.</summary>
public sealed class MoneyTests
{
    [Trait(Pain.Trait, Pain.EpochConversion)]
    [Theory]
    [InlineData(true, false)]
    [InlineData(false, false)]
    [InlineData(true, true)]
    public async Task Convert_EarningsBecomeFeeCoinAtTheEndOfTheEpoch(bool reclamation, bool grpc)
    {
        await using var world = await ClientWorld.StartAsync(
            (options, chain) =>
            {
                if (grpc) options.Endpoints[0].Grpc = chain.GrpcAddress;
            },
            options => (options.AktUsd, options.Reclamation, options.EpochBlocks) = (0.4m, reclamation, 50));
        var conversions = world.Services.GetRequiredService<IMarketConversions>();
        var terms = await conversions.GetTermsAsync(default);
        Assert.Equal(("uact", "uakt", null, Decimal18.Parse("2.5"), 0, 50L), (terms.From.Value, terms.To.Value, terms.Halted, terms.Rate, terms.SpreadBasisPoints, terms.EpochTicks));
        Assert.Equal(Decimal18.Parse("0.4"), await conversions.FindUsdAsync(Denom.Parse("uakt"), default));
        Assert.Equal(Decimal18.One, await conversions.FindUsdAsync(Denom.Parse("uact"), default));
        Assert.Null(await conversions.FindUsdAsync(Denom.Parse("uxyz"), default));
        var submitted = world.SubmitAsync(new MarketAction.Convert(Coin.Parse("10000000uact")));
        await world.PoolHoldsAsync(1);
        var asked = await world.Chain.ProduceBlockAsync();
        var done = Assert.IsType<ActionOutcome.Done>(await submitted);

        var pending = Assert.Single(await conversions.ListPendingAsync(default));
        Assert.Equal((Coin.Parse("10000000uact"), "uakt", asked), (pending.Burned, pending.To.Value, pending.Begun.Value));
        var before = world.Chain.BalanceOf(world.Provider.Address, "uakt");
        await world.Chain.ProduceBlockAsync(50);

        Assert.Empty(await conversions.ListPendingAsync(default));
        Assert.Equal(before + terms.Estimate(10_000_000).Amount, world.Chain.BalanceOf(world.Provider.Address, "uakt"));
        Assert.True(done.Fee.Amount > 0);
    }

    [Theory]
    [InlineData(DevnetBreaker.HaltAll, 1)]
    [InlineData(DevnetBreaker.Healthy, 0)]
    public async Task Convert_MarketHalted_IsRefusedWithThatReasonAndCostsNothing(DevnetBreaker breaker, int price)
    {
        await using var world = await ClientWorld.StartAsync(change: options => (options.AktUsd, options.Breaker) = (price, breaker));
        var conversions = world.Services.GetRequiredService<IMarketConversions>();
        var before = world.Chain.BalanceOf(world.Provider.Address, "uakt");

        var refused = Assert.IsType<ActionOutcome.Refused>(await world.SubmitAsync(new MarketAction.Convert(Coin.Parse("10000000uact"))));

        Assert.Equal(MarketRefusal.ConversionHalted, refused.Reason);
        Assert.NotNull((await conversions.GetTermsAsync(default)).Halted);
        Assert.Equal(before, world.Chain.BalanceOf(world.Provider.Address, "uakt"));
    }

    [Fact]
    public async Task RevokeCertificate_OnceOnly_AndItIsSeenAsRevoked()
    {
        await using var world = await ClientWorld.StartAsync();
        world.KeepProducing();
        var certificate = Chain.Certificates.CertificateMaker.Create(world.Provider.Address, ["provider.example.com"], TimeSpan.FromDays(1), TimeProvider.System);

        Assert.Equal(MarketRefusal.CertificateNotValid, Assert.IsType<ActionOutcome.Refused>(await world.SubmitAsync(new MarketAction.RevokeCertificate(certificate.Serial))).Reason);
        Assert.IsType<ActionOutcome.Done>(await world.SubmitAsync(certificate.Publish));
        Assert.True((await world.Market.FindCertificateAsync(world.Provider.Address, certificate.Serial, default))!.IsValid);
        Assert.IsType<ActionOutcome.Done>(await world.SubmitAsync(new MarketAction.RevokeCertificate(certificate.Serial)));
        Assert.False((await world.Market.FindCertificateAsync(world.Provider.Address, certificate.Serial, default))!.IsValid);

        Assert.Equal(MarketRefusal.CertificateNotValid, Assert.IsType<ActionOutcome.Refused>(await world.SubmitAsync(new MarketAction.RevokeCertificate(certificate.Serial))).Reason);
        Assert.Equal(MarketRefusal.CertificateExists, Assert.IsType<ActionOutcome.Refused>(await world.SubmitAsync(certificate.Publish)).Reason);
    }

    [Fact]
    public async Task FeeGranterAndMemo_OfTheOptions_AreInEveryTransaction()
    {
        await using var world = await ClientWorld.StartAsync((options, chain) => (options.Gas.FeeGranter, options.Memo) = (chain.TenantKey.Address.Value, "rented out by test"), options => options.FeeGrants.Add("provider", "tenant"));
        await world.DeployAsync(100);
        var (provider, granter) = (world.Chain.BalanceOf(world.Provider.Address, "uakt"), world.Chain.BalanceOf(world.Tenant.Address, "uakt"));
        world.KeepProducing();

        var done = Assert.IsType<ActionOutcome.Done>(await world.SubmitAsync(world.Bid(100)));

        Assert.Equal(provider - 500_000, world.Chain.BalanceOf(world.Provider.Address, "uakt"));
        Assert.Equal(granter - done.Fee.Amount, world.Chain.BalanceOf(world.Tenant.Address, "uakt"));
        Assert.Equal("rented out by test", Wire.Tx.TxBody.Parser.ParseFrom(Wire.Tx.TxRaw.Parser.ParseFrom(Assert.Single(world.Outbox.Closed).Transaction.Bytes).BodyBytes).Memo);
    }
}
