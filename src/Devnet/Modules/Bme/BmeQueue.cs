using System.Numerics;
using ProviderAgent.Chain.Numbers;
using ProviderAgent.Chain.Wire.Bme;
using ProviderAgent.Devnet.Errors;
using ProviderAgent.Devnet.Events;
using ProviderAgent.Devnet.Execution;
using ProviderAgent.Devnet.State;
using ProviderAgent.Devnet.State.Rows;
using ProviderAgent.Marketplace;
using CancelReason = ProviderAgent.Chain.Wire.Bme.LedgerCanceledRecord.Types.BMCancelReason;

namespace ProviderAgent.Devnet.Modules.Bme;

/// <summary>Coins that are to become others: taken at once, turned at the end of an epoch.</summary>
internal static class BmeQueue
{
    private const int BasisPoints = 10_000;

    /// <summary>Takes the coins and lets them wait.</summary>
    /// <exception cref="TransactionException">Not now, too little, or the owner has less.</exception>
    public static LedgerRecordID Add(MessageContext context, string owner, string to, Wire.Base.Coin wire, Denom minted)
    {
        var terms = context.Parameters.Bme;
        if (!ChainCoin.TryRead(wire, out var coin)) throw BmeErrors.InvalidAmount.Exception();
        if (terms.Status == MintStatus.HaltOracle || terms.UsdOf(ChainParameters.FeeDenom) is null) throw BmeErrors.OracleUnhealthy.Exception();
        if (!terms.MayMint(minted)) throw BmeErrors.CircuitBreaker.Exception();
        var (made, _) = Turn(terms, coin, minted);
        if (made.IsZero) throw BmeErrors.BelowPrecision.Exception();
        if (IsTooLittle(terms, made, minted)) throw BmeErrors.MinimumMint.Exception();
        var source = AccountAddress.Parse(owner);
        Bank.Send(context, source, Bank.Bme, coin);

        var block = new BmeRecordId(context.Height, 0);
        var before = context.BmeRecords.Range((int)LedgerRecordStatus.Pending, block, row => row.Id.Height == context.Height, row => row.Id).Count;
        var id = new BmeRecordId(context.Height, before + 1);
        var wireId = new LedgerRecordID { Denom = coin.Denom.Value, ToDenom = minted.Value, Source = owner, Height = id.Height, Sequence = id.Sequence };
        context.BmeRecords.Set(id, new(id, new()
        {
            Id = wireId,
            Status = LedgerRecordStatus.Pending,
            PendingRecord = new() { Owner = owner, To = to, CoinsToBurn = coin.ToWire(), DenomToMint = minted.Value },
        }));
        return wireId.Clone();
    }

    /// <summary>Carries out what waits, at the end of an epoch.</summary>
    public static (ChainState State, IReadOnlyList<ChainEvent> Events) EndBlock(ChainState state, BlockClock clock)
    {
        var terms = state.Parameters.Bme;
        if (clock.Height % terms.EpochBlocks != 0) return (state, []);
        var waiting = state.BmeRecords.Scan((int)LedgerRecordStatus.Pending).Take(BmeParameters.MaxRecordsPerEpoch).ToArray();
        if (waiting.Length == 0) return (state, []);
        var context = new MessageContext(state, clock, new GasMeter(ulong.MaxValue));
        foreach (var row in waiting) Settle(context, terms, row);
        return (context.ToState(), context.Events);
    }

    private static void Settle(MessageContext context, BmeParameters terms, BmeRow row)
    {
        var pending = row.Entry.PendingRecord;
        var minted = Denom.Parse(pending.DenomToMint);
        if (!ChainCoin.TryRead(pending.CoinsToBurn, out var coin)) throw new InvalidOperationException($"record {row.Id} holds no coin");
        if (terms.UsdOf(ChainParameters.FeeDenom) is null || !terms.MayMint(minted))
        {
            if (pending.Attempts + 1 >= terms.MaxAttempts)
            {
                Cancel(context, row, coin, CancelReason.MaxAttempts);
                return;
            }

            var again = row.Entry.Clone();
            again.PendingRecord.Attempts++;
            context.BmeRecords.Set(row.Id, row with { Entry = again });
            return;
        }

        var (amount, spread) = Turn(terms, coin, minted);
        if (amount.IsZero || IsTooLittle(terms, amount, minted))
        {
            Cancel(context, row, coin, amount.IsZero ? CancelReason.Epsilon : CancelReason.MinimumMint);
            return;
        }

        var made = new ChainCoin(amount, minted);
        Bank.Burn(context, Bank.Bme, coin);
        Bank.Mint(context, AccountAddress.Parse(pending.To), made);
        var done = new LedgerRecord
        {
            BurnedFrom = pending.Owner,
            MintedTo = pending.To,
            Burner = Bank.Bme.Value,
            Minter = Bank.Bme.Value,
            Burned = new() { Coin = coin.ToWire(), Price = LegacyDec.Format(terms.UsdOf(coin.Denom) ?? Decimal18.Zero) },
            Minted = new() { Coin = made.ToWire(), Price = LegacyDec.Format(terms.UsdOf(minted) ?? Decimal18.Zero) },
            Spread = new ChainCoin(spread, minted).ToWire(),
        };
        context.BmeRecords.Set(row.Id, row with { Entry = new() { Id = row.Entry.Id, Status = LedgerRecordStatus.Executed, ExecutedRecord = done } });
        context.Emit(TypedEvents.LedgerRecordExecuted(row.Entry.Id, done));
    }

    private static void Cancel(MessageContext context, BmeRow row, ChainCoin coin, CancelReason reason)
    {
        var pending = row.Entry.PendingRecord;
        Bank.Send(context, Bank.Bme, AccountAddress.Parse(pending.Owner), coin);
        var cancelled = new LedgerCanceledRecord { Owner = pending.Owner, To = pending.To, CancelReason = reason, CoinsToBurn = coin.ToWire(), DenomToMint = pending.DenomToMint };
        context.BmeRecords.Set(row.Id, row with { Entry = new() { Id = row.Entry.Id, Status = LedgerRecordStatus.Canceled, CanceledRecord = cancelled } });
        context.Emit(TypedEvents.LedgerRecordCanceled(row.Entry.Id, cancelled));
    }

    /// <summary>What a coin becomes at the present price, and what is kept of it.</summary>
    private static (BigInteger Made, BigInteger Spread) Turn(BmeParameters terms, ChainCoin coin, Denom minted)
    {
        if (terms.UsdOf(coin.Denom) is not { } from || terms.UsdOf(minted) is not { Sign: > 0 } to) return default;
        var gross = Decimal18.Divide(Decimal18.FromInteger(coin.Amount * from.Atomics), Decimal18.FromInteger(to.Atomics), MidpointRounding.ToZero).Floor();
        var spread = gross * (minted == ChainParameters.PriceDenom ? terms.MintSpreadBps : terms.SettleSpreadBps) / BasisPoints;
        return (gross - spread, spread);
    }

    private static bool IsTooLittle(BmeParameters terms, BigInteger made, Denom minted) => terms.MinMint.Any(least => least.Denom == minted && made < least.Amount);
}
