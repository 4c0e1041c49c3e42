using Microsoft.Extensions.Logging;
using ProviderAgent.Chain.Endpoints;
using ProviderAgent.Chain.Events;
using ProviderAgent.Chain.Numbers;
using ProviderAgent.Chain.Rpc;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Chain.Following;

/// <summary>What happened on the market in one block.</summary>
internal sealed record MarketBlock(long Height, DateTimeOffset Time, IReadOnlyList<MarketEvent> Events);

/// <summary>Fetches one block and decodes its events.</summary>
internal sealed partial class BlockReader(EndpointPool pool, ChainMetrics metrics, ILogger<BlockReader> log)
{
    /// <exception cref="EndpointException">No endpoint has the block now; <see cref="EndpointFault.Refused"/> when they say so themselves.</exception>
    public async Task<MarketBlock> ReadAsync(long height, CancellationToken ct)
    {
        var (header, results) = await pool.AskAsync(
            async (endpoint, stop) =>
            {
                var head = endpoint.Queries.HeaderAsync(height, stop);
                var body = endpoint.Queries.BlockResultsAsync(height, stop);
                await Task.WhenAll(head, body);
                return (await head, await body);
            },
            ct);
        return header.Network == pool.Network
            ? new(height, header.Time, Decode(results))
            : throw new EndpointException(EndpointFault.WrongNetwork, $"block {height} is of the network '{header.Network}' instead of '{pool.Network}'");
    }

    private List<MarketEvent> Decode(BlockResults results)
    {
        var events = new List<MarketEvent>();
        foreach (var transaction in results.Transactions)
        {
            // What a failed transaction did was undone; only its fee remains.
            if (transaction.Code == 0) Decode(transaction.Events, results.Height, events);
        }

        Decode(results.BlockEvents, results.Height, events);
        return events;
    }

    private void Decode(IReadOnlyList<ChainEvent> source, long height, List<MarketEvent> events)
    {
        foreach (var item in source)
        {
            try
            {
                if (EventDecoder.Decode(item) is { } decoded) events.Add(decoded);
                else if (item.Type.StartsWith("akash.", StringComparison.Ordinal)) metrics.EventSkipped("unknown");
            }
            catch (MalformedWireException e)
            {
                metrics.EventSkipped("malformed");
                Log.Malformed(log, height, e.Message);
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1020, LogLevel.Warning, "An event of block {Height} is left out, the next full reading makes up for it: {Cause}", EventName = "EventMalformed")]
        public static partial void Malformed(ILogger logger, long height, string cause);
    }
}
