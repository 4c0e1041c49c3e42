using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using ProviderAgent.Bench.Reporting;
using ProviderAgent.Chain;
using ProviderAgent.Chain.Events;
using ProviderAgent.Chain.Keys;
using ProviderAgent.Chain.Rpc;
using ProviderAgent.Devnet.Hosting;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Bench.ChainClient;

/// <summary>What the chain's client can do by itself: sign, read a full block, catch up, and keep its memory while it does.</summary>
internal static class ChainBench
{
    public const string Name = "chain";

    // Measured for the same steps on the machine that the choice of libraries was made on.
    private const double LimitSignatures = 780;
    private const double TargetBlocks = 500;
    private const int Events = 1_000;
    private const int ShortGap = 5_000;
    private const int LongGap = 50_000;

    public static async Task<BenchResult> RunAsync(TimeProvider time, CancellationToken ct)
    {
        var rows = new List<Comparison> { Signatures(), Decoding() };
        await using var chain = await DevnetChain.StartAsync(
            new() { Listen = "127.0.0.1:0", BlockTime = TimeSpan.Zero, ChainId = "bench-1", KeepBlocks = 0 }, time, ct: ct);
        await chain.ProduceBlockAsync(LongGap, ct);
        await using var services = Client(chain, time);
        foreach (var service in services.GetServices<IHostedService>()) await service.StartAsync(ct);
        var market = services.GetRequiredService<IMarketplace>();

        var (perSecond, _) = await FollowAsync(market, chain.Height - ShortGap, ShortGap, time, ct);
        rows.Add(new("catching up, blocks each second, as ms for one", "ms", 1000 / perSecond, Target: 1000 / TargetBlocks));
        var (all, growth) = await FollowAsync(market, chain.Height - LongGap, LongGap, time, ct);
        rows.Add(new("… over 50 000 blocks", "ms", 1000 / all, Target: 1000 / TargetBlocks));
        rows.Add(new("heap after 50 000 blocks over that after 1 000", "MiB", growth, Target: 4));
        foreach (var service in services.GetServices<IHostedService>()) await service.StopAsync(ct);
        return new(Name, string.Create(CultureInfo.InvariantCulture, $"chain and client in one process; catch-up measured at {perSecond:0} and {all:0} blocks/s"), rows);
    }

    private static Comparison Signatures()
    {
        using var key = ChainKey.FromMnemonic("abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about");
        var document = new byte[400];
        for (var i = 0; i < 50; i++) Sign(i);
        const int rounds = 1_000;
        var before = Environment.CpuUsage.TotalTime;
        for (var i = 0; i < rounds; i++) Sign(i);
        var each = (Environment.CpuUsage.TotalTime - before).TotalMilliseconds / rounds;
        return new("one signature, processor time", "ms", each, 1000 / LimitSignatures, "the same steps when the library was chosen, 780 a second", Target: 1000 / LimitSignatures * 1.5);

        void Sign(int i)
        {
            document[0] = (byte)i;
            key.SignAsync(document, CancellationToken.None).AsTask().GetAwaiter().GetResult();
        }
    }

    private static Comparison Decoding()
    {
        var json = Block();
        for (var i = 0; i < 20; i++) Decode(json);
        const int rounds = 100;
        var before = Environment.CpuUsage.TotalTime;
        for (var i = 0; i < rounds; i++) Decode(json);
        return new($"a block with {Events} events, parsed and decoded, processor time", "ms", (Environment.CpuUsage.TotalTime - before).TotalMilliseconds / rounds, Target: 50);
    }

    private static void Decode(byte[] json)
    {
        using var document = JsonDocument.Parse(json);
        var results = NodeJson.BlockResults(document.RootElement);
        var decoded = results.Transactions.SelectMany(transaction => transaction.Events).Select(EventDecoder.Decode).OfType<MarketEvent>().Count();
        if (decoded != Events) throw new World.BenchException($"{decoded} of {Events} events were decoded");
    }

    private static byte[] Block()
    {
        const string owner = "akash1r5v5srda7xfth3hn2s26txvrcrntldjuks2uw9";
        var events = Enumerable.Range(1, Events).Select(i => string.Create(
            CultureInfo.InvariantCulture,
            $$"""{"type":"akash.market.v1.EventOrderCreated","attributes":[{"key":"id","value":"{\"owner\":\"{{owner}}\",\"dseq\":\"{{i}}\",\"gseq\":1,\"oseq\":1}","index":true},{"key":"msg_index","value":"0","index":true}]}"""));
        return Encoding.UTF8.GetBytes($$"""{"height":"1","txs_results":[{"code":0,"events":[{{string.Join(',', events)}}]}],"finalize_block_events":[]}""");
    }

    private static async Task<(double PerSecond, double GrowthMib)> FollowAsync(IMarketplace market, long from, int count, TimeProvider time, CancellationToken ct)
    {
        var (left, early, started) = (count, 0L, time.GetTimestamp());
        await foreach (var batch in market.FollowAsync(new MarketPosition(from), ct))
        {
            if (batch.HasGap) throw new World.BenchException("the client has jumped instead of catching up");
            if (count - left == 1_000) early = Heap();
            if (--left == 0) break;
        }

        return (count / time.GetElapsedTime(started).TotalSeconds, (Heap() - early) / (1024.0 * 1024));
    }

    private static long Heap() => GC.GetTotalMemory(forceFullCollection: true);

    private static ServiceProvider Client(DevnetChain chain, TimeProvider time)
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton(time);
        services.AddSingleton<ISigner>(chain.ProviderKey);
        services.AddSingleton<Chain.Sending.ITransactionOutbox, NoOutbox>();
        services.AddChain();
        services.Configure<ChainOptions>(options =>
        {
            options.Endpoints.Add(new() { Rpc = chain.RpcAddress });
            options.Key.File = "not-read-because-the-signer-is-given";
            options.MaxReplayBlocks = 1_000_000;
        });
        return services.BuildServiceProvider();
    }
}
