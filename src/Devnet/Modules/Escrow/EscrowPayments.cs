using System.Numerics;
using ProviderAgent.Devnet.Errors;
using ProviderAgent.Devnet.Execution;
using ProviderAgent.Devnet.State;
using ProviderAgent.Devnet.State.Rows;
using ProviderAgent.Marketplace;
using WireState = ProviderAgent.Chain.Wire.Escrow.Types.State;

namespace ProviderAgent.Devnet.Modules.Escrow;

/// <summary>Opening, paying out and closing the payments of leases. Each settles the whole account first.</summary>
internal static class EscrowPayments
{
    public static void Create(MessageContext context, EscrowPaymentId id, AccountAddress owner, ChainPrice rate)
    {
        var account = EscrowAccounts.Load(context, id.Account);
        var settled = EscrowSettlement.Settle(context, account);
        if (settled.IsOverdrawn) throw EscrowErrors.AccountOverdrawn.Exception();
        if (account.Funds.All(funds => funds.Denom != rate.Denom)) throw EscrowErrors.InvalidDenomination.Exception();
        if (rate.Amount.Sign == 0) throw EscrowErrors.RateZero.Exception();
        if (context.EscrowPayments.Find(id) is not null) throw EscrowErrors.PaymentExists.Exception();
        EscrowPayouts.Save(context, account, settled.Payments);
        context.EscrowPayments.Set(id, new(id, owner, WireState.Open, rate, Decimal18.Zero, Decimal18.Zero, new(BigInteger.Zero, rate.Denom)));
    }

    /// <exception cref="ChainPanicException">The account was settled in this block already, so the payment takes no part: the real code trips over that.</exception>
    public static void Withdraw(MessageContext context, EscrowPaymentId id)
    {
        var account = EscrowAccounts.Load(context, id.Account);
        if (Find(context, id).State != WireState.Open) throw EscrowErrors.PaymentClosed.Exception();
        var settled = EscrowSettlement.Settle(context, account);
        if (!settled.IsOverdrawn)
        {
            var payment = settled.Payments.FirstOrDefault(payment => payment.Id == id)
                ?? throw new ChainPanicException($"couldn't find payment {id}");
            EscrowPayouts.Withdraw(context, payment);
        }

        EscrowPayouts.Save(context, account, settled.Payments);
    }

    /// <summary>Ends a payment and pays out its balance.</summary>
    /// <remarks>In a block in which the account was settled already the payment takes no part and stays open.</remarks>
    public static void Close(MessageContext context, EscrowPaymentId id)
    {
        var account = EscrowAccounts.Load(context, id.Account);
        if (Find(context, id).State == WireState.Closed) throw EscrowErrors.PaymentClosed.Exception();
        var settled = EscrowSettlement.Settle(context, account);
        account.IsDirty = true;
        if (settled.Payments.FirstOrDefault(payment => payment.Id == id) is { } payment)
        {
            if (payment.State == WireState.Open) payment.State = WireState.Closed;
            EscrowPayouts.Withdraw(context, payment);
        }

        EscrowPayouts.Save(context, account, settled.Payments);
    }

    private static EscrowPaymentRow Find(MessageContext context, EscrowPaymentId id) =>
        context.EscrowPayments.Find(id) ?? throw EscrowErrors.PaymentNotFound.Exception();
}
