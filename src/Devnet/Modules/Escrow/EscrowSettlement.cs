using ProviderAgent.Devnet.Errors;
using ProviderAgent.Devnet.Execution;
using ProviderAgent.Marketplace;
using WireState = ProviderAgent.Chain.Wire.Escrow.Types.State;

namespace ProviderAgent.Devnet.Modules.Escrow;

/// <summary>What one settlement touched.</summary>
/// <param name="Payments">Payments that took part; none when the account was already settled in this block.</param>
/// <param name="IsOverdrawn">The account could not pay everything.</param>
internal sealed record Settlement(IReadOnlyList<OpenPayment> Payments, bool IsOverdrawn);

/// <summary>Takes what the payments earned since the last settlement out of an account.</summary>
/// <remarks>Nothing does this by itself: money moves only when somebody touches the account.</remarks>
internal static class EscrowSettlement
{
    /// <exception cref="TransactionException">The account is closed.</exception>
    public static Settlement Settle(MessageContext context, OpenAccount account)
    {
        if (account.State == WireState.Closed) throw EscrowErrors.AccountClosed.Exception();
        if (account.Funds.Count == 0) throw new ChainPanicException("index out of range [0] with length 0");
        if (account.Funds[0].Amount.Sign < 0) return new([], IsOverdrawn: true);

        // What an overdrawn account owes is known already; time does not add to it, since its leases have ended.
        long elapsed = 0;
        if (account.State != WireState.Overdrawn)
        {
            elapsed = context.Height - account.SettledAt;
            account.SettledAt = context.Height;
        }

        account.IsDirty = true;
        var payments = Load(context, account, withOpen: elapsed != 0);
        if (payments.Count == 0) return new([], IsOverdrawn: false);

        // First what each is due, then the taking: a later payment must not see an earlier one's change of state.
        var due = payments.Select(payment => DueSince(payment, elapsed)).ToArray();
        var overdrawn = false;
        for (var i = 0; i < payments.Count; i++) overdrawn |= !Pay(account, payments[i], due[i]);
        if (!overdrawn) return new(payments, IsOverdrawn: false);

        account.State = WireState.Overdrawn;
        foreach (var payment in payments)
        {
            payment.State = WireState.Overdrawn;
            EscrowPayouts.Withdraw(context, payment);
        }

        return new(payments, IsOverdrawn: true);
    }

    private static Decimal18 DueSince(OpenPayment payment, long elapsed)
    {
        if (payment.StateBefore != WireState.Overdrawn) return Decimal18.FromInteger((payment.Rate.Amount * elapsed).Floor());
        var owed = payment.Unsettled;
        payment.Unsettled = Decimal18.Zero;
        return owed;
    }

    private static bool Pay(OpenAccount account, OpenPayment payment, Decimal18 due)
    {
        var paid = account.Deduct(payment.Rate with { Amount = due });
        payment.IsDirty = true;
        payment.Balance += paid;
        payment.Unsettled += due - paid;
        payment.State = paid == due ? WireState.Open : WireState.Overdrawn;
        return paid == due;
    }

    private static List<OpenPayment> Load(MessageContext context, OpenAccount account, bool withOpen)
    {
        var payments = Load(context, account, WireState.Overdrawn);
        if (withOpen) payments.AddRange(Load(context, account, WireState.Open));
        return payments;
    }

    private static List<OpenPayment> Load(MessageContext context, OpenAccount account, WireState state)
    {
        if (account.Id.Deployment is not { } deployment) return [];
        var first = new State.Rows.EscrowPaymentId(new(new(deployment.Owner, deployment.Dseq, 0, 0), default));
        var prefix = $"{account.Id}/";
        return [.. context.EscrowPayments
            .Range((int)state, first, payment => payment.Id.ToString().StartsWith(prefix, StringComparison.Ordinal), payment => payment.Id)
            .Select(payment => new OpenPayment(payment))];
    }
}
