using Microsoft.Extensions.Logging;
using ProviderAgent.Devnet.Blocks;

namespace ProviderAgent.Devnet.Hosting;

/// <summary>Makes blocks at a steady pace.</summary>
internal sealed partial class BlockLoop(ChainEngine engine, DevnetFaults faults, TimeSpan pace, TimeProvider time, ILogger logger)
{
    /// <summary>Runs until stopped. A block that cannot be written down stops the chain, as it would a node.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        using var timer = new PeriodicTimer(pace, time);
        try
        {
            while (await timer.WaitForNextTickAsync(ct))
            {
                if (!faults.PauseBlocks) Log.BlockMade(logger, engine.Produce(time.GetUtcNow()));
            }
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // Stopping.
        }
        catch (Exception e)
        {
            Log.ChainHalted(logger, e);
            throw;
        }
    }

    internal static partial class Log
    {
        public static void BlockMade(ILogger logger, Block block)
        {
            BlockMade(logger, block.Height, block.Txs.Count);
            foreach (var tx in block.Txs)
            {
                foreach (var action in tx.Result.Events.Where(one => one.Type == "message"))
                {
                    ActionDone(logger, action.Attributes.First(attribute => attribute.Key == "action").Value, block.Height);
                }

                if (tx.Result.Code != 0) TransactionFailed(logger, tx.Hash.Hex, block.Height, tx.Result.Codespace, tx.Result.Code, tx.Result.Log);
            }
        }

        [LoggerMessage(9503, LogLevel.Debug, "Block {Height} holds {Count} transactions", EventName = "BlockMade")]
        private static partial void BlockMade(ILogger logger, long height, int count);

        [LoggerMessage(9504, LogLevel.Information, "{Action} was carried out in block {Height}", EventName = "ActionDone")]
        private static partial void ActionDone(ILogger logger, string action, long height);

        [LoggerMessage(
            9505,
            LogLevel.Information,
            "Transaction {Hash} failed in block {Height} with {Codespace} {Code}, its fee is spent: {Text}",
            EventName = "TransactionFailed")]
        private static partial void TransactionFailed(ILogger logger, string hash, long height, string codespace, uint code, string text);

        [LoggerMessage(
            9506,
            LogLevel.Error,
            "A block could not be kept, so no more are made; the chain stands still until it is started again",
            EventName = "ChainHalted")]
        public static partial void ChainHalted(ILogger logger, Exception error);
    }
}
