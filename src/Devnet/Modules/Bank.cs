using System.Numerics;
using System.Security.Cryptography;
using System.Text;
using ProviderAgent.Chain.Keys;
using ProviderAgent.Devnet.Errors;
using ProviderAgent.Devnet.Execution;
using ProviderAgent.Devnet.State;
using ProviderAgent.Devnet.State.Rows;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Devnet.Modules;

/// <summary>Moves coins between accounts. After genesis only the conversion of one coin into another makes or destroys any.</summary>
internal static class Bank
{
    /// <summary>The chain's own account that collects fees.</summary>
    public static AccountAddress FeeCollector { get; } = ModuleAddress("fee_collector");

    /// <summary>The chain's own account that holds what is in escrow.</summary>
    public static AccountAddress Escrow { get; } = ModuleAddress("escrow");

    /// <summary>The chain's own account that holds what is to become another coin.</summary>
    public static AccountAddress Bme { get; } = ModuleAddress("bme");

    /// <summary>The account of a module: the first 20 bytes of the SHA-256 of its name.</summary>
    public static AccountAddress ModuleAddress(string module) =>
        ChainAddress.FromBytes(SHA256.HashData(Encoding.ASCII.GetBytes(module)).AsSpan(0, ChainAddress.KeySize));

    public static BigInteger BalanceOf(MessageContext context, AccountAddress owner, Denom denom) =>
        context.Balances.Find(new(owner, denom))?.Amount ?? BigInteger.Zero;

    /// <exception cref="TransactionException">The sender has less.</exception>
    public static void Send(MessageContext context, AccountAddress from, AccountAddress to, ChainCoin coin)
    {
        if (coin.Amount.IsZero) return;
        Take(context, from, coin);
        Give(context, to, coin);
        var amount = coin.ToString();
        context.Emit(new("transfer", ("recipient", to.Value), ("sender", from.Value), ("amount", amount)));
    }

    /// <summary>Makes coins.</summary>
    public static void Mint(MessageContext context, AccountAddress to, ChainCoin coin) => Give(context, to, coin);

    /// <summary>Destroys coins.</summary>
    /// <exception cref="TransactionException">The account has less.</exception>
    public static void Burn(MessageContext context, AccountAddress from, ChainCoin coin) => Take(context, from, coin);

    private static void Take(MessageContext context, AccountAddress from, ChainCoin coin)
    {
        var left = BalanceOf(context, from, coin.Denom) - coin.Amount;
        if (left.Sign < 0)
        {
            throw SdkErrors.InsufficientFunds.Because($"spendable balance {new ChainCoin(left + coin.Amount, coin.Denom)} is smaller than {coin}");
        }

        Put(context, from, coin with { Amount = left });
        context.Emit(new("coin_spent", ("spender", from.Value), ("amount", coin.ToString())));
    }

    private static void Give(MessageContext context, AccountAddress to, ChainCoin coin)
    {
        if (context.Accounts.Find(to) is null) context.Accounts.Set(to, new(to, context.NextAccountNumber++, 0, null));
        Put(context, to, coin with { Amount = BalanceOf(context, to, coin.Denom) + coin.Amount });
        context.Emit(new("coin_received", ("receiver", to.Value), ("amount", coin.ToString())));
    }

    private static void Put(MessageContext context, AccountAddress owner, ChainCoin balance)
    {
        var id = new BalanceId(owner, balance.Denom);
        if (balance.Amount.IsZero) context.Balances.Remove(id);
        else context.Balances.Set(id, new(id, balance.Amount));
    }
}
