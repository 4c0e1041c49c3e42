using System.Numerics;
using Google.Protobuf;
using ProviderAgent.Chain.Keys;
using ProviderAgent.Devnet.Errors;
using ProviderAgent.Devnet.Execution;
using ProviderAgent.Devnet.Genesis;
using ProviderAgent.Devnet.Messages;
using ProviderAgent.Devnet.Modules;
using ProviderAgent.Devnet.State;
using ProviderAgent.Devnet.Tests.Harness;
using ProviderAgent.Marketplace;
using LeaseState = ProviderAgent.Chain.Wire.Market.V1.Lease.Types.State;
using OrderState = ProviderAgent.Chain.Wire.Market.V1Beta5.Order.Types.State;

namespace ProviderAgent.Devnet.Tests.State;

/// <summary>Random people do random things for ten thousand steps. Whatever they do, no coin appears or disappears.</summary>
public sealed class MoneyConservationTests
{
    private const int Steps = 10_000;

    // Adding up the whole escrow takes as long as a hundred steps.
    private const int EscrowEvery = 50;

    private readonly MessageCatalog _catalog = new(hasReclamation: true);
    private readonly ChainKey[] _tenants = [TestKeys.Of("tenant 0"), TestKeys.Of("tenant 1"), TestKeys.Of("tenant 2")];
    private readonly ChainKey[] _providers = [TestKeys.Of("provider 0"), TestKeys.Of("provider 1"), TestKeys.Of("provider 2"), TestKeys.Of("provider 3")];

    [Fact]
    public void RandomActions_SupplyAndEscrowStayExact()
    {
        var noise = new Noise(seed: 20260101);
        var state = GenesisState.Build(TestChain.DefaultGenesis([.. _tenants, .. _providers]));
        foreach (var provider in _providers) state = Run(state, 1, Market.CreateProvider(provider)) ?? throw new InvalidOperationException("a provider could not register");
        var supply = Supply(state);
        var height = 1L;
        var done = new SortedDictionary<string, int>(StringComparer.Ordinal);
        for (var step = 0; step < Steps; step++)
        {
            if (noise.Next(3) > 0) height += 1 + (noise.Next(10) == 0 ? noise.Next(400) : noise.Next(5));
            var message = Choose(noise, state, height);
            if (message is null || Run(state, height, message) is not { } after) continue;
            state = after;
            done[message.Descriptor.Name] = done.GetValueOrDefault(message.Descriptor.Name) + 1;
            Assert.True(supply.SequenceEqual(Supply(state)), $"step {step}: {message.Descriptor.Name} changed the supply");
            if (step % EscrowEvery == 0) CheckEscrow(state, $"step {step}");
        }

        CheckEscrow(state, "the end");

        // A run in which hardly anything happened would prove nothing.
        foreach (var name in new[] { "MsgCreateDeployment", "MsgCreateBid", "MsgCreateLease", "MsgWithdrawLease", "MsgCloseLease", "MsgCloseBid", "MsgAccountDeposit", "MsgCloseDeployment" })
        {
            Assert.True(done.GetValueOrDefault(name) >= 20, $"{name} happened {done.GetValueOrDefault(name)} times");
        }

        Assert.Contains(state.Leases.Scan((int)LeaseState.InsufficientFunds), _ => true);
    }

    /// <summary>The module holds exactly what is left of the deposits plus what was settled but not paid out.</summary>
    private static void CheckEscrow(ChainState state, string when)
    {
        foreach (var denom in new[] { ChainParameters.FeeDenom, ChainParameters.PriceDenom })
        {
            var deposits = state.EscrowAccounts.All()
                .SelectMany(account => account.Deposits).Where(deposit => deposit.Balance.Denom == denom)
                .Aggregate(Decimal18.Zero, (sum, deposit) => sum + deposit.Balance.Amount);
            var earned = state.EscrowPayments.All().Where(payment => payment.Rate.Denom == denom)
                .Aggregate(Decimal18.Zero, (sum, payment) => sum + payment.Balance);
            var held = state.Balances.Find(new(Bank.Escrow, denom))?.Amount ?? BigInteger.Zero;
            Assert.True(deposits + earned == Decimal18.FromInteger(held), $"{when}: {deposits} deposited and {earned} earned, but {held} {denom} held");
        }
    }

    private ChainState? Run(ChainState state, long height, IMessage message)
    {
        var handler = _catalog.Find($"/{message.Descriptor.FullName}")!;
        var context = new MessageContext(state, new(height, TestChain.Start.AddSeconds(6 * height)), new GasMeter(ulong.MaxValue));
        try
        {
            handler.Validate(message);
            handler.Execute(context, message);
            return context.ToState();
        }
        catch (Exception e) when (e is TransactionException or ChainPanicException)
        {
            return null;
        }
    }

    private IMessage? Choose(Noise noise, ChainState state, long height)
    {
        var tenant = _tenants[noise.Next(_tenants.Length)];
        var provider = _providers[noise.Next(_providers.Length)];
        var lease = Pick(noise, [.. state.Leases.Scan((int)LeaseState.Active), .. state.Leases.Scan((int)LeaseState.Reclaiming)])?.Id;
        switch (noise.Next(12))
        {
            case 0:
                return Market.CreateDeployment(tenant, (ulong)height, 500_000 + noise.Next(3_000_000), [.. Groups(noise)]);
            case 1 or 2 or 3:
                var order = Pick(noise, state.Orders.Scan((int)OrderState.Open));
                TimeSpan? window = noise.Next(4) == 0 ? TimeSpan.FromHours(1 + noise.Next(3)) : null;
                return order is null ? null : Market.CreateBid(order.Id, provider, $"{1 + noise.Next(20_000)}.{noise.Next(1_000)}", window);
            case 4 or 5:
                var bid = Pick(noise, state.Bids.Scan((int)Wire.Market.V1Beta5.Bid.Types.State.Open));
                return bid is null ? null : Market.CreateLease(bid.Id.Lease);
            case 6 or 7:
                return lease is null ? null : Market.Withdraw(lease.Value);
            case 8:
                return lease is null ? null : Market.CloseLease(lease.Value);
            case 9:
                if (lease is null) return null;
                return noise.Next(2) == 0 ? Market.StartReclaim(lease.Value) : Market.CloseBid(lease.Value);
            case 10:
                var account = Pick(noise, state.Deployments.All());
                return account is null ? null : Market.AddDeposit(tenant, account.Id, 1 + noise.Next(200_000), noise.Next(3) == 0 ? "uakt" : "uact");
            default:
                var deployment = Pick(noise, state.Deployments.Scan((int)Wire.Deployment.V1.Deployment.Types.State.Active));
                if (deployment is null) return null;
                var group = new Wire.Deployment.V1.GroupID { Owner = deployment.Id.Owner.Value, Dseq = deployment.Id.Dseq, Gseq = 1 };
                return noise.Next(5) switch
                {
                    0 => new Wire.Deployment.V1Beta4.MsgCloseDeployment { Id = new() { Owner = group.Owner, Dseq = group.Dseq } },
                    1 => new Wire.Deployment.V1Beta4.MsgPauseGroup { Id = group },
                    2 => new Wire.Deployment.V1Beta4.MsgCloseGroup { Id = group },
                    _ => new Wire.Deployment.V1Beta4.MsgStartGroup { Id = group },
                };
        }
    }

    private static IEnumerable<Wire.Deployment.V1Beta4.GroupSpec> Groups(Noise noise) =>
        Enumerable.Range(1, 1 + noise.Next(3)).Select(i => Market.Group($"group {i}", Market.Unit(count: 1 + (uint)noise.Next(2), price: "20000")));

    private static T? Pick<T>(Noise noise, IEnumerable<T> rows)
        where T : class
    {
        var all = rows.ToArray();
        return all.Length == 0 ? null : all[noise.Next(all.Length)];
    }

    private static SortedDictionary<string, BigInteger> Supply(ChainState state)
    {
        var supply = new SortedDictionary<string, BigInteger>(StringComparer.Ordinal);
        foreach (var row in state.Balances.All()) supply[row.Id.Denom.Value] = supply.GetValueOrDefault(row.Id.Denom.Value) + row.Amount;
        return supply;
    }
}
