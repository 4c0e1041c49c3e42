using System.Globalization;
using System.Numerics;
using ProviderAgent.Devnet.Errors;
using ProviderAgent.Devnet.Execution;
using ProviderAgent.Devnet.State;
using ProviderAgent.Devnet.State.Rows;
using ProviderAgent.Marketplace;
using WireSource = ProviderAgent.Chain.Wire.Deposits.Source;

namespace ProviderAgent.Devnet.Modules.Escrow;

/// <summary>Deposits of deployments, bids and top-ups: their form, and where their money comes from.</summary>
internal static class DepositRules
{
    /// <summary>Checks the form only.</summary>
    public static ChainCoin Validate(Wire.Deposits.Deposit? deposit)
    {
        if (!ChainCoin.TryRead(deposit?.Amount, out var coin)) throw SdkErrors.Unregistered($"invalid denom: {deposit?.Amount?.Denom}");
        if (coin.Amount.Sign < 0) throw SdkErrors.Unregistered($"negative coin amount: {coin.Amount.ToString(CultureInfo.InvariantCulture)}");
        ValidateSources(deposit?.Sources ?? []);
        return coin;
    }

    /// <summary>At least one source, each known and named once.</summary>
    public static void ValidateSources(IReadOnlyCollection<WireSource> sources)
    {
        if (sources.Count == 0) throw SharedErrors.InvalidDepositSource.Because("empty deposit sources");
        var seen = new HashSet<WireSource>();
        foreach (var source in sources)
        {
            if (source is not (WireSource.Balance or WireSource.Grant))
            {
                throw SharedErrors.InvalidDepositSource.Because(string.Create(CultureInfo.InvariantCulture, $"empty deposit source type {(int)source}"));
            }

            if (!seen.Add(source))
            {
                throw SharedErrors.InvalidDepositSource.Because(string.Create(CultureInfo.InvariantCulture, $"duplicate deposit source type {(int)source}"));
            }
        }
    }

    /// <summary>Finds the money in the order of the sources. Nothing is moved yet.</summary>
    /// <remarks>Nobody can grant deposits on this chain, so that source is always empty.</remarks>
    /// <exception cref="TransactionException">The sources do not hold enough.</exception>
    public static IReadOnlyList<EscrowDeposit> Authorize(MessageContext context, AccountAddress signer, Wire.Deposits.Deposit deposit)
    {
        var wanted = Validate(deposit);
        var missing = wanted.Amount;
        var found = new List<EscrowDeposit>(1);
        foreach (var source in deposit.Sources.Where(source => source == WireSource.Balance))
        {
            var part = BigInteger.Min(missing, Bank.BalanceOf(context, signer, wanted.Denom));
            if (part.Sign <= 0) continue;
            found.Add(new(signer, context.Height, source, new(Decimal18.FromInteger(part), wanted.Denom)));
            missing -= part;
        }

        return missing.IsZero ? found : throw MarketErrors.InvalidDeposit.With("insufficient balance");
    }
}
