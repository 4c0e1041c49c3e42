using Microsoft.Extensions.Logging.Abstractions;
using ProviderAgent.Bench.Reporting;
using ProviderAgent.Bidding;
using ProviderAgent.Inventory;
using ProviderAgent.Ledger;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Bench.Pricing;

/// <summary>Two policies over a million recorded orders of a ledger on disk.</summary>
internal static class ReplayBench
{
    public const string Name = "replay";

    private const int Batch = 5_000;
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <param name="orders">How many.</param>
    /// <param name="time">Measures.</param>
    /// <param name="ct">Stops it.</param>
    public static async Task<BenchResult> RunAsync(int orders, TimeProvider time, CancellationToken ct)
    {
        var folder = Directory.CreateTempSubdirectory("replay-bench-");
        try
        {
            await RecordAsync(folder.FullName, orders, time, ct);
            var before = Memory();
            var started = time.GetTimestamp();
            using var first = Bidder(new(), time);
            using var second = Bidder(MixedOrders.Policy, time);
            var replay = new Replay([first, second], Farm(), TimeSpan.FromMinutes(10));
            long read = 0, most = before;
            using (var file = SeenOrderFile.Open(folder.FullName))
            {
                foreach (var stored in file.Read(Start.AddDays(-1), Start.AddYears(10)))
                {
                    var (group, reclaim, akt) = OrderCodec.Read(stored.Body);
                    await replay.AddAsync(new(stored.Order, stored.SeenAt, group, reclaim, akt), null, ct);
                    if (++read % 100_000 == 0) most = Math.Max(most, Memory());
                }
            }

            var seconds = time.GetElapsedTime(started).TotalSeconds;
            return new(
                Name,
                $"{read} recorded orders, two policies side by side; {replay.Tallies[0].Bids} and {replay.Tallies[1].Bids} bids",
                [
                    new("time for a million orders", "s", seconds * 1e6 / read, Target: 60),
                    new("memory more than at the start, at most", "MiB", (most - before) / (double)ByteSize.MiB, Target: 50),
                ]);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task RecordAsync(string directory, int orders, TimeProvider time, CancellationToken ct)
    {
        await using var ledger = LedgerDatabase.Open(directory, time, NullLogger.Instance);
        foreach (var batch in MixedOrders.Make(orders).Chunk(Batch))
            await Task.WhenAll(batch.Select(order => ledger.SeenOrders.PutAsync(order.Id, Start.AddSeconds((double)order.Id.Dseq), OrderCodec.Write(order.Group, null, null), ct)));
    }

    // So large that most orders without GPUs find room: a full host declines before it prices, which would be no measure.
    private static InventorySnapshot Farm() => InventorySnapshot.OfSize(
        12_800_000,
        100 * ByteSize.TiB,
        800 * ByteSize.TiB,
        [.. Enumerable.Repeat(new GpuModel("h100", 80, "sxm"), 4), .. Enumerable.Repeat(new GpuModel("rtx4090", 24, "pcie"), 4)]);

    private static OfflineBidder Bidder(PricingOptions pricing, TimeProvider time) => new(new(), pricing, new(Decimal18.FromInteger(429_909)), time, NullLoggerFactory.Instance);

    private static long Memory() => GC.GetTotalMemory(forceFullCollection: true);
}
