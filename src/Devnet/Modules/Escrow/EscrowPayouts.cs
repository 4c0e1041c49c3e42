using ProviderAgent.Devnet.Execution;
using ProviderAgent.Devnet.State;
using ProviderAgent.Marketplace;
using WireState = ProviderAgent.Chain.Wire.Escrow.Types.State;

namespace ProviderAgent.Devnet.Modules.Escrow;

/// <summary>Writes accounts and payments back, pays out what is due, and tells the market when either has ended.</summary>
internal static class EscrowPayouts
{
    /// <summary>Sends the whole part of a payment's balance to its owner; the fraction stays.</summary>
    public static void Withdraw(MessageContext context, OpenPayment payment)
    {
        var earned = new ChainCoin(payment.Balance.Floor(), payment.Rate.Denom);
        payment.IsDirty = true;
        if (earned.Amount.IsZero) return;
        Bank.Send(context, Bank.Escrow, payment.Owner, earned);
        payment.Withdrawn = earned with { Amount = payment.Withdrawn.Amount + earned.Amount };
        payment.Balance -= Decimal18.FromInteger(earned.Amount);
    }

    public static void Save(MessageContext context, OpenAccount account, IEnumerable<OpenPayment> payments)
    {
        if (account.IsDirty) Save(context, account);
        foreach (var payment in payments.Where(payment => payment.IsDirty))
        {
            var row = payment.ToRow();
            context.EscrowPayments.Set(row.Id, row);
            if (row.State is WireState.Closed or WireState.Overdrawn) EscrowEndings.OnPaymentEnded(context, row);
        }
    }

    /// <summary>An account that ended gives its remaining deposits back to those who made them.</summary>
    public static void Save(MessageContext context, OpenAccount account)
    {
        var ended = account.State is WireState.Closed or WireState.Overdrawn;
        if (ended)
        {
            foreach (var deposit in account.Release())
            {
                Bank.Send(context, Bank.Escrow, deposit.Owner, new(deposit.Balance.Amount.Floor(), deposit.Balance.Denom));
            }
        }

        var row = account.ToRow();
        context.EscrowAccounts.Set(row.Id, row);
        if (ended) EscrowEndings.OnAccountEnded(context, row);
    }
}
