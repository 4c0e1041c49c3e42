using System.Globalization;
using Google.Protobuf;
using ProviderAgent.Devnet.Errors;
using ProviderAgent.Devnet.Events;
using ProviderAgent.Devnet.Execution;
using ProviderAgent.Devnet.Messages;
using ProviderAgent.Devnet.State;

namespace ProviderAgent.Devnet.Transactions;

/// <summary>Runs transactions. A pure function of state, block and bytes: the same go in, the same comes out, on every replay.</summary>
internal sealed class TxRunner(TxLimits limits)
{
    private readonly TxDecoder _decoder = new(new MessageCatalog(hasReclamation: true));
    private readonly TxDecoder _olderDecoder = new(new MessageCatalog(hasReclamation: false));
    private readonly AnteHandler _ante = new(limits);

    /// <summary>Never throws for anything that the bytes may hold.</summary>
    /// <returns>The result, and the state after it: unchanged when the transaction never began; with fee and sequence taken when a message failed.</returns>
    public TxOutcome Run(ChainState state, BlockClock block, ReadOnlySpan<byte> bytes, TxMode mode)
    {
        DecodedTx tx;
        try
        {
            tx = (state.Parameters.HasReclamation ? _decoder : _olderDecoder).Decode(bytes);
        }
        catch (TransactionException e)
        {
            return new(TxResult.Failed(e.Kind, e.Message, 0, 0, []), state);
        }

        return Run(state, block, tx, mode);
    }

    private TxOutcome Run(ChainState state, BlockClock block, DecodedTx tx, TxMode mode)
    {
        var gas = new GasMeter(mode == TxMode.Simulate ? ulong.MaxValue : tx.Fee.GasLimit);
        var context = new MessageContext(state, block, gas);
        var failure = Catch(() =>
        {
            if (mode != TxMode.Recheck) Validate(tx);
            _ante.Run(context, tx, mode);
        });
        if (failure is { } refused) return new(TxResult.Failed(refused.Kind, refused.Log, tx.Fee.GasLimit, gas.Consumed, []), state);

        var paid = context.ToState();
        IReadOnlyList<ChainEvent> events = context.Events;
        if (mode is TxMode.Check or TxMode.Recheck) return new(Succeeded(tx, gas, ByteString.Empty, events), paid);

        var work = new MessageContext(paid, block, gas);
        var raised = new List<ChainEvent>(events);
        var answers = new Wire.Abci.TxMsgData();
        failure = Catch(() => Execute(tx, work, raised, answers));
        return failure is { } failed
            ? new(TxResult.Failed(failed.Kind, failed.Log, tx.Fee.GasLimit, gas.Consumed, events), paid)
            : new(Succeeded(tx, gas, answers.ToByteString(), raised), work.ToState());
    }

    private static void Validate(DecodedTx tx)
    {
        if (tx.Messages.Count == 0) throw SdkErrors.InvalidRequest.Because("must contain at least one message");
        foreach (var (handler, message) in tx.Messages) handler.Validate(message);
    }

    private static void Execute(DecodedTx tx, MessageContext work, List<ChainEvent> raised, Wire.Abci.TxMsgData answers)
    {
        for (var i = 0; i < tx.Messages.Count; i++)
        {
            var (handler, message) = tx.Messages[i];
            var before = work.Events.Count;
            try
            {
                handler.Execute(work, message);
            }
            catch (TransactionException e) when (e.Kind != SdkErrors.OutOfGas)
            {
                throw new TransactionException(e.Kind, string.Create(
                    CultureInfo.InvariantCulture, $"failed to execute message; message index: {i}: {e.Message}"));
            }

            answers.MsgResponses.Add(work.TakeResponse() is { } response ? Chain.Transactions.TransactionBuilder.Pack(response) : handler.Response);
            var plain = new ChainEvent("message", ("action", handler.TypeUrl), ("sender", handler.SignerOf(message).Value), ("module", handler.Module));
            raised.Add(plain.OfMessage(i));
            raised.AddRange(work.Events.Skip(before).Select(one => one.OfMessage(i)));
        }
    }

    private static TxResult Succeeded(DecodedTx tx, GasMeter gas, ByteString data, IReadOnlyList<ChainEvent> events) =>
        new(0, "", "", data, tx.Fee.GasLimit, gas.Consumed, events);

    private static (ErrorKind Kind, string Log)? Catch(Action work)
    {
        try
        {
            work();
            return null;
        }
        catch (TransactionException e)
        {
            return (e.Kind, e.Message);
        }
        catch (Exception e) when (e is ChainPanicException or OverflowException)
        {
            return (SdkErrors.Panic, $"recovered: {e.Message}: {SdkErrors.Panic.Text}"); // a node recovers from its own panics the same way
        }
    }
}
