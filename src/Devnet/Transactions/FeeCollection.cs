using System.Globalization;
using ProviderAgent.Chain.Keys;
using ProviderAgent.Devnet.Errors;
using ProviderAgent.Devnet.Execution;
using ProviderAgent.Devnet.Modules;
using ProviderAgent.Devnet.State;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Devnet.Transactions;

/// <summary>Takes the fee before anything else happens; it is not given back when the messages fail.</summary>
internal sealed class FeeCollection(TxLimits limits)
{
    // What taking a fee costs here. Clients simulate without one; on the real chain that is little beside everything else, here it is not.
    private const ulong GasOfTaking = 12_000;

    public void Collect(MessageContext context, DecodedTx tx, AccountAddress firstSigner, TxMode mode)
    {
        var fee = Read(tx.Fee);
        if (mode is TxMode.Check or TxMode.Recheck) CheckLeastFee(tx.Fee.GasLimit, fee);
        var payer = tx.Fee.Payer.Length > 0 ? AccountAddress.Parse(tx.Fee.Payer) : firstSigner;
        payer = FindGranter(context, tx.Fee.Granter, payer) ?? payer;
        if (context.Accounts.Find(payer) is null) throw SdkErrors.UnknownAddress.Because($"fee payer address: {payer} does not exist");
        if (mode == TxMode.Simulate && fee.Length == 0) context.Gas.Consume(GasOfTaking, "the fee that the real transaction will carry");
        foreach (var coin in fee) Bank.Send(context, payer, Bank.FeeCollector, coin);
        context.Emit(new("tx", ("fee", Text(fee)), ("fee_payer", payer.Value)));
    }

    private void CheckLeastFee(ulong gas, IReadOnlyList<ChainCoin> fee)
    {
        var least = limits.LeastFee(gas);
        if (least.Amount.IsZero || fee.Any(coin => coin.Denom == least.Denom && coin.Amount >= least.Amount)) return;
        throw SdkErrors.InsufficientFee.Because($"insufficient fees; got: {Text(fee)} required: {least}");
    }

    private static AccountAddress? FindGranter(MessageContext context, string text, AccountAddress payer)
    {
        if (text.Length == 0) return null;
        if (!ChainAddress.TryParse(text, out var granter)) throw SdkErrors.InvalidAddress.Because("invalid fee granter address");
        if (granter == payer) return null;
        return context.FeeGrants.Find(new(granter, payer)) is not null
            ? granter
            : throw SdkErrors.NotFound.Because($"{granter} does not allow to pay fees for {payer}: fee-grant not found");
    }

    /// <summary>Positive, sorted by coin, each coin once.</summary>
    private static ChainCoin[] Read(Wire.Tx.Fee wire)
    {
        var fee = new ChainCoin[wire.Amount.Count];
        for (var i = 0; i < fee.Length; i++)
        {
            if (!ChainCoin.TryRead(wire.Amount[i], out fee[i]) || fee[i].Amount.Sign <= 0 || (i > 0 && fee[i - 1].Denom.CompareTo(fee[i].Denom) >= 0))
            {
                throw SdkErrors.InsufficientFee.Because(string.Create(CultureInfo.InvariantCulture, $"invalid fee amount: {wire.Amount}"));
            }
        }

        return fee;
    }

    private static string Text(IReadOnlyList<ChainCoin> coins) => string.Join(',', coins);
}
