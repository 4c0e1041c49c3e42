using Google.Protobuf.WellKnownTypes;
using ProviderAgent.Devnet.Errors;
using ProviderAgent.Devnet.Events;
using ProviderAgent.Devnet.Execution;
using ProviderAgent.Devnet.Messages;
using ProviderAgent.Devnet.Modules.Deployments;
using ProviderAgent.Devnet.Modules.Escrow;
using ProviderAgent.Devnet.State;
using ProviderAgent.Devnet.State.Rows;
using ProviderAgent.Devnet.Wires;
using ProviderAgent.Marketplace;
using BidState = ProviderAgent.Chain.Wire.Market.V1Beta5.Bid.Types.State;
using OrderState = ProviderAgent.Chain.Wire.Market.V1Beta5.Order.Types.State;
using WireMessage = ProviderAgent.Chain.Wire.Market.V1Beta5.MsgCreateBid;

namespace ProviderAgent.Devnet.Modules.Market;

/// <summary>A provider's offer. The checks stand in the chain's order, since the first that fails names the error.</summary>
internal sealed class CreateBid() : MessageHandler<WireMessage>(WireMessage.Parser, WireMessage.Descriptor, "market")
{
    protected override string SignerText(WireMessage message) => message.Id.Provider;

    protected override void Validate(WireMessage message)
    {
        IdRules.Bid(message.Id);
        DepositRules.Validate(message.Deposit);
        if (!WireNumbers.TryDecimal(message.Price?.Amount, out var price) || price.Sign == 0) throw MarketErrors.ZeroPrice.Exception();
        if (message.ReclamationWindow is { } window && window.IsNegative()) throw MarketErrors.WindowInvalid.Exception();
    }

    protected override void Execute(MessageContext context, WireMessage message)
    {
        var id = IdRules.Bid(message.Id);
        CheckDeposit(context.Parameters, DepositRules.Validate(message.Deposit));
        if (CountBids(context, id.Order) > context.Parameters.OrderMaxBids)
        {
            throw MarketErrors.InvalidBid.With($"too many existing bids ({context.Parameters.OrderMaxBids})");
        }

        var order = FindOpenOrder(context, id.Order);
        var price = CheckPrice(message.Price, GroupRules.PriceOf(order.Spec));
        if (!BidMatching.OfferMatches(message.ResourcesOffer, order.Spec)) throw MarketErrors.CapabilitiesMismatch.Exception();
        CheckProvider(context, id.Provider, order);
        var deposits = DepositRules.Authorize(context, id.Provider, message.Deposit);
        CheckWindow(context.Parameters, order.MinReclaimWindow, message.ReclamationWindow);
        if (context.Bids.Find(id) is not null) throw MarketErrors.BidExists.Exception();

        context.Bids.Set(id, new(id, BidState.Open, price, context.Height, message.ResourcesOffer.ToValueList(), message.ReclamationWindow));
        context.Emit(TypedEvents.BidCreated(id, price));
        EscrowAccounts.Create(context, EscrowAccountId.Of(id), id.Provider, deposits);
    }

    private static void CheckDeposit(ChainParameters parameters, ChainCoin deposit)
    {
        var minimum = parameters.BidMinDeposits.FirstOrDefault(coin => coin.Denom == deposit.Denom);
        if (minimum.Amount.IsZero) throw MarketErrors.InvalidDeposit.With($"unsupported denom {deposit.Denom}");
        if (deposit.Amount < minimum.Amount) throw MarketErrors.InvalidDeposit.With($"minimum:{minimum} received:{deposit}");
    }

    /// <summary>Lost bids do not count.</summary>
    private static int CountBids(MessageContext context, OrderId order) =>
        MarketLifecycle.BidsOf(context, order, BidState.Open).Count
        + MarketLifecycle.BidsOf(context, order, BidState.Active).Count
        + MarketLifecycle.BidsOf(context, order, BidState.Closed).Count;

    private static OrderRow FindOpenOrder(MessageContext context, OrderId id)
    {
        var order = context.Orders.Find(id) ?? throw MarketErrors.OrderNotFound.Exception();
        return order.State switch
        {
            OrderState.Open => order,
            OrderState.Active => throw MarketErrors.OrderActive.Exception(),
            _ => throw MarketErrors.OrderClosed.Exception(),
        };
    }

    private static ChainPrice CheckPrice(Wire.Base.DecCoin wire, ChainPrice limit)
    {
        if (!ChainPrice.TryRead(wire, out var price) || price.Amount.Sign < 0) throw MarketErrors.InvalidPrice.Exception();
        if (price.Denom != limit.Denom) throw new ChainPanicException($"invalid coin denominations; {limit.Denom}, {price.Denom}");
        if (limit.Amount < price.Amount) throw MarketErrors.InvalidPrice.Exception();
        return price;
    }

    private static void CheckProvider(MessageContext context, AccountAddress account, OrderRow order)
    {
        var provider = context.Providers.Find(account) ?? throw MarketErrors.UnknownProvider.Exception();
        var audits = context.Audits.Range(0, new(account, default), audit => audit.Id.Provider == account, audit => audit.Id);
        if (!BidMatching.RequirementsMatch(order.Spec.Requirements, provider.Attributes, audits)) throw MarketErrors.AttributeMismatch.Exception();
        if (!BidMatching.CapabilitiesMatch(order.Spec, provider.Attributes)) throw MarketErrors.CapabilitiesMismatch.Exception();
    }

    private static void CheckWindow(ChainParameters parameters, Duration? required, Duration? offered)
    {
        if (required is not null && offered is null) throw MarketErrors.ReclamationRequired.Exception();
        if (offered is null) return;
        if (required is not null && offered.IsShorterThan(required)) throw MarketErrors.WindowTooShort.Exception();
        if (offered.IsShorterThan(parameters.MinReclaimWindow.ToWireDuration())
            || parameters.MaxReclaimWindow.ToWireDuration().IsShorterThan(offered)) throw MarketErrors.WindowInvalid.Exception();
    }
}
