using ProviderAgent.Marketplace;

namespace ProviderAgent.Bench.OrderToBid;

/// <summary>An order's way from the daemon's hearing of it to the bid's being handed to the node, in milliseconds.</summary>
/// <param name="Order">The order.</param>
/// <param name="Height">The block it came with.</param>
/// <param name="Total">The whole way.</param>
/// <param name="Own">Without the time in which the node was answering a question that this bid had to wait for.</param>
internal sealed record OrderWay(OrderId Order, long Height, double Total, double Own);

/// <summary>Works out the ways from what the proxy saw. Pure.</summary>
/// <remarks>
/// The node's time on a way is that of the questions about this order, and after those that of the sender's questions (simulation,
/// sequence, earlier hand-overs), since a transaction needs the ones before it in the node's pool. Questions about other orders count as ours:
/// it is our choice how many are asked side by side.
/// </remarks>
internal static class OrderWays
{
    /// <param name="calls">All calls of the daemon.</param>
    /// <param name="posted">The orders and the blocks that they came with.</param>
    /// <param name="time">The clock of the calls' timestamps.</param>
    /// <returns>One way for each order that was bid on.</returns>
    public static IReadOnlyList<OrderWay> Find(IReadOnlyList<NodeCall> calls, IReadOnlyDictionary<OrderId, long> posted, TimeProvider time)
    {
        var read = calls.Select(call => (Call: call, Meaning: CallMeaning.Read(call.Body))).ToArray();
        var heard = new Dictionary<long, long>();
        foreach (var (call, meaning) in read)
        {
            if (meaning is CallMeaning.BlockRead block) heard.TryAdd(block.Height, call.End);
        }

        var about = read.Where(entry => entry.Meaning is CallMeaning.AboutOrder).ToLookup(entry => ((CallMeaning.AboutOrder)entry.Meaning).Order, entry => entry.Call);
        var sending = read.Where(entry => entry.Meaning is CallMeaning.Sending or CallMeaning.HandOver).Select(entry => entry.Call).ToArray();
        var handed = new Dictionary<OrderId, long>();
        foreach (var (call, meaning) in read)
        {
            if (meaning is not CallMeaning.HandOver handOver) continue;
            foreach (var order in handOver.Orders)
            {
                if (!handed.TryGetValue(order, out var earlier) || call.Start < earlier) handed[order] = call.Start;
            }
        }

        return [.. posted.Where(order => handed.ContainsKey(order.Key) && heard.ContainsKey(order.Value))
            .Select(order => Way(order.Key, order.Value, heard[order.Value], handed[order.Key], [.. about[order.Key]], sending, time))];
    }

    private static OrderWay Way(OrderId order, long height, long from, long to, NodeCall[] reads, NodeCall[] sending, TimeProvider time)
    {
        // The last question about the order before its bid; a look at the placed bid comes later and does not count.
        var own = reads.Where(call => call.Start < to).Select(call => (call.Start, End: Math.Min(call.End, to))).ToArray();
        var decidedFrom = own.Length > 0 ? own.Max(call => call.End) : from;
        var shared = sending.Select(call => (Start: Math.Max(call.Start, decidedFrom), End: Math.Min(call.End, to)));
        var waited = Covered(own.Concat(shared).Where(span => span.End > span.Start && span.End > from).Select(span => (Math.Max(span.Start, from), span.End)));
        return new(order, height, Milliseconds(to - from, time), Milliseconds(to - from - waited, time));
    }

    /// <summary>Length of what the spans cover together.</summary>
    private static long Covered(IEnumerable<(long Start, long End)> spans)
    {
        var (covered, reached) = (0L, long.MinValue);
        foreach (var (start, end) in spans.OrderBy(span => span.Start))
        {
            if (end <= reached) continue;
            covered += end - Math.Max(start, reached);
            reached = end;
        }

        return covered;
    }

    private static double Milliseconds(long ticks, TimeProvider time) => ticks * 1000.0 / time.TimestampFrequency;
}
