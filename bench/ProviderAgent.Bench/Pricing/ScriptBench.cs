using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using ProviderAgent.Bench.Reporting;
using ProviderAgent.Bench.World;
using ProviderAgent.Bidding;

namespace ProviderAgent.Bench.Pricing;

/// <summary>The common price script beside ours over a thousand orders: the answers must be the same. The script itself is not part of this project.</summary>
internal static class ScriptBench
{
    public const string Name = "script";

    // Where the script keeps the price of AKT for an hour; with a fresh file it asks nobody.
    private const string AktFile = "/tmp/aktprice.cache";

    private const int Shown = 10;

    /// <param name="script">The script.</param>
    /// <param name="record">File that our answers are written to, one a line; null for none.</param>
    /// <param name="time">Measures.</param>
    /// <param name="ct">Stops it.</param>
    public static async Task<BenchResult> RunAsync(string? script, string? record, TimeProvider time, CancellationToken ct)
    {
        if (script is null) throw new BenchException("--script is needed for this bench: the price script to compare with, and jq, bc, awk and bash for it");
        foreach (var (name, value) in ParityOrders.Settings) Environment.SetEnvironmentVariable(name, value);
        await File.WriteAllTextAsync(AktFile, ParityOrders.Akt + "\n", ct);

        var orders = ParityOrders.Make().ToArray();
        await using var ours = DecisionBench.Services(Imported(), time);
        var (mine, micros) = await AnswersAsync(ours.GetRequiredService<IPricingPolicy>(), orders, 1, time, ct);
        (mine, micros) = await AnswersAsync(ours.GetRequiredService<IPricingPolicy>(), orders, 1, time, ct); // compiled and warm
        var options = new PricingOptions { Policy = PricingPolicyKind.Script, Script = new() { Path = Path.GetFullPath(script), Timeout = TimeSpan.FromMinutes(2), Processes = Environment.ProcessorCount }, Floor = new() { Mode = FloorMode.Off } };
        await using var theirs = DecisionBench.Services(options, time);
        var (other, scriptMicros) = await AnswersAsync(theirs.GetRequiredService<IPricingPolicy>(), orders, Environment.ProcessorCount, time, ct);

        var different = Enumerable.Range(0, orders.Length).Where(i => mine[i] != other[i]).ToArray();
        foreach (var i in different.Take(Shown)) await Console.Error.WriteLineAsync($"order {i + 1}: ours {mine[i]}, the script's {other[i]}");
        if (record is not null) await File.WriteAllLinesAsync(record, mine, ct);
        return new(
            Name,
            string.Create(CultureInfo.InvariantCulture, $"{orders.Length} orders in {orders.Select(order => order.Group.PriceLimit.Denom).Distinct().Count()} coins, {mine.Count(answer => answer != "none")} of them priced"),
            [
                new("answers that differ", "", different.Length, Target: 0),
                new("answers that are the same", "", orders.Length - different.Length),
                new("time for one order", "us", micros, scriptMicros, "price script"),
            ]);
    }

    /// <summary>Our policy as an operator gets it who takes over the script's settings.</summary>
    private static PricingOptions Imported()
    {
        var imported = ScriptSettings.Read(string.Join('\n', ParityOrders.Settings.Select(entry => $"{entry.Key}={entry.Value}")));
        return new() { Rates = imported.Rates, Floor = new() { Mode = FloorMode.Off } };
    }

    private static async Task<(string[] Answers, double Micros)> AnswersAsync(IPricingPolicy pricing, OrderFacts[] orders, int parallel, TimeProvider time, CancellationToken ct)
    {
        var answers = new string[orders.Length];
        var started = time.GetTimestamp();
        await Parallel.ForAsync(0, orders.Length, new ParallelOptions { MaxDegreeOfParallelism = parallel, CancellationToken = ct }, async (i, token) => answers[i] = await ParityOrders.AnswerAsync(pricing, orders[i], token));
        return (answers, time.GetElapsedTime(started).TotalMicroseconds * parallel / orders.Length);
    }
}
