using Google.Protobuf;
using Microsoft.Extensions.Logging;
using ProviderAgent.Chain.Transactions;
using ProviderAgent.Chain.Wire.Tx;

namespace ProviderAgent.Chain.Sending;

/// <summary>Takes up the transactions that an earlier run has left open.</summary>
internal sealed partial class OutboxReader(ITransactionOutbox outbox, FeePolicy fees, ILogger<OutboxReader> log)
{
    /// <summary>Open transactions by sequence. Rows whose bytes do not match their name are closed: they were never sent by us.</summary>
    /// <exception cref="OutboxException">The outbox cannot be read; nothing may be sent then.</exception>
    public async Task<IReadOnlyList<InFlightTransaction>> ReadAsync(CancellationToken ct)
    {
        try
        {
            var open = new List<InFlightTransaction>();
            foreach (var row in (await outbox.ListOpenAsync(ct)).OrderBy(row => row.Sequence))
            {
                var transaction = SignedTransaction.FromBytes(row.Bytes);
                if (transaction.Hash.Hex != row.Hash || row.Sequence < 0)
                {
                    Log.Damaged(log, row.Hash);
                    await outbox.CloseAsync(row.Hash, new(OutboxState.Unknown, null, "the stored bytes are damaged"), ct);
                    continue;
                }

                Log.TakenUp(log, row.Hash, row.TimeoutHeight, row.Summary);
                open.Add(new(transaction, (ulong)row.Sequence, row.TimeoutHeight, [], TransactionFee.Read(row.Bytes, fees.Denom), 0) { IsUnordered = IsUnordered(row.Bytes) });
            }

            return open;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            throw new OutboxException($"the transactions of the last run cannot be read: {e.Message}", e);
        }
    }

    private static bool IsUnordered(byte[] transaction)
    {
        try
        {
            return TxBody.Parser.ParseFrom(TxRaw.Parser.ParseFrom(transaction).BodyBytes).Unordered;
        }
        catch (InvalidProtocolBufferException)
        {
            return false; // nobody takes such bytes, so neither way matters
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1056, LogLevel.Information, "Transaction {Hash} of an earlier run is open until block {Timeout} at most; its outcome is found out before anything new is sent: {Summary}", EventName = "TransactionTakenUp")]
        public static partial void TakenUp(ILogger logger, string hash, long timeout, string summary);

        [LoggerMessage(1057, LogLevel.Error, "The stored bytes of transaction {Hash} are damaged; it is left alone, the market's state tells whether it happened", EventName = "TransactionDamaged")]
        public static partial void Damaged(ILogger logger, string hash);
    }
}
