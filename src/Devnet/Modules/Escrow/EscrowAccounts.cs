using ProviderAgent.Devnet.Errors;
using ProviderAgent.Devnet.Execution;
using ProviderAgent.Devnet.State;
using ProviderAgent.Devnet.State.Rows;
using ProviderAgent.Marketplace;
using WireState = ProviderAgent.Chain.Wire.Escrow.Types.State;

namespace ProviderAgent.Devnet.Modules.Escrow;

/// <summary>Opening, topping up and closing escrow accounts.</summary>
internal static class EscrowAccounts
{
    public static void Create(MessageContext context, EscrowAccountId id, AccountAddress owner, IEnumerable<EscrowDeposit> deposits)
    {
        if (context.EscrowAccounts.Find(id) is not null) throw EscrowErrors.AccountExists.Exception();
        var account = new OpenAccount(new(id, owner, WireState.Open, context.Height, [], [], []));
        Collect(context, account, deposits);
        EscrowPayouts.Save(context, account);
    }

    /// <summary>Adds money. If the account was overdrawn, the debt is paid from it and the account closes with what is left given back.</summary>
    public static void Deposit(MessageContext context, EscrowAccountId id, IEnumerable<EscrowDeposit> deposits)
    {
        var account = Load(context, id);
        if (account.State == WireState.Closed) throw EscrowErrors.AccountClosed.Exception();
        Collect(context, account, deposits);
        if (account.State != WireState.Overdrawn)
        {
            EscrowPayouts.Save(context, account, []);
            return;
        }

        var settled = EscrowSettlement.Settle(context, account);
        foreach (var payment in settled.Payments)
        {
            if (payment.State == WireState.Open) payment.State = WireState.Closed;
            EscrowPayouts.Withdraw(context, payment);
        }

        if (!settled.IsOverdrawn) account.State = WireState.Closed;
        EscrowPayouts.Save(context, account, settled.Payments);
    }

    public static void Close(MessageContext context, EscrowAccountId id)
    {
        var account = Load(context, id);
        var settled = EscrowSettlement.Settle(context, account);
        account.IsDirty = true;
        if (account.State == WireState.Open) account.State = WireState.Closed;
        foreach (var payment in settled.Payments)
        {
            if (payment.State == WireState.Open) payment.State = WireState.Closed;
            EscrowPayouts.Withdraw(context, payment);
        }

        EscrowPayouts.Save(context, account, settled.Payments);
    }

    public static OpenAccount Load(MessageContext context, EscrowAccountId id) =>
        new(context.EscrowAccounts.Find(id) ?? throw EscrowErrors.AccountNotFound.Exception());

    private static void Collect(MessageContext context, OpenAccount account, IEnumerable<EscrowDeposit> deposits)
    {
        foreach (var deposit in deposits)
        {
            Bank.Send(context, deposit.Owner, Bank.Escrow, new ChainCoin(deposit.Balance.Amount.Floor(), deposit.Balance.Denom));
            account.Add(deposit);
        }
    }
}
