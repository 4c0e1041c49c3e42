using System.Globalization;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Cli.Verbs.Pricing;

/// <summary>A replay for people, with the prices as a plot.</summary>
internal static class ReplayText
{
    private const int PlotWidth = 40;
    private const int TopReasons = 5;

    public static void Write(TextWriter output, ReplayReport report)
    {
        output.WriteLine(report.Orders == 0
            ? "no orders are recorded for this time"
            : $"{Number(report.Orders)} orders from {report.From:u} to {report.To:u}; a lease lasts {report.LeaseHours.ToString("0.#", CultureInfo.InvariantCulture)} h");
        if (report.Unreadable > 0) output.WriteLine($"! {Number(report.Unreadable)} records are damaged and were left out");
        if (report.Orders == 0) return;
        var gpus = string.Join(", ", report.Host.Gpus.Select(gpu => $"{gpu.Value} x {gpu.Key}"));
        output.WriteLine($"host: {new MilliCpu(report.Host.Millicpu)} threads, {new ByteSize(report.Host.MemoryBytes)} memory, {new ByteSize(report.Host.StorageBytes)} disk, {(gpus.Length > 0 ? gpus : "no GPUs")} (by {report.Host.Source})");
        output.WriteLine();
        var table = new TextTable(["", .. report.Policies.Select(policy => policy.Policy)]);
        Row("bids", policy => Number(policy.Bids));
        Row("wins if cheapest", policy => Number(policy.Wins));
        Row("leases that fit", policy => Number(policy.Leases));
        Row("income, USD", policy => policy.IncomeUsd);
        Row("income, USD/month", policy => policy.IncomeUsdPerMonth ?? "(too short)");
        Row("price p10 / p50 / p90, USD/month", policy => $"{Price(policy.PriceUsd.P10)} / {Price(policy.PriceUsd.P50)} / {Price(policy.PriceUsd.P90)}");
        Row("cpu, memory, disk, gpus leased", policy => $"{Part(policy.Utilisation.Cpu)}, {Part(policy.Utilisation.Memory)}, {Part(policy.Utilisation.Storage)}, {Part(policy.Utilisation.Gpus)}");
        Row("declined for", policy => string.Join(", ", policy.Declined.OrderByDescending(pair => pair.Value).Take(TopReasons).Select(pair => $"{pair.Key} {Number(pair.Value)}")));
        table.WriteTo(output);
        foreach (var policy in report.Policies) Plot(output, policy);

        void Row(string name, Func<PolicyReport, string> cell) => table.Add([name, .. report.Policies.Select(cell)]);
    }

    private static void Plot(TextWriter output, PolicyReport policy)
    {
        if (policy.Histogram.Count == 0) return;
        output.WriteLine();
        output.WriteLine($"{policy.Policy}: bids by price, up to USD/month");
        var most = Math.Max(1, policy.Histogram.Max(bar => bar.Bids));
        foreach (var bar in policy.Histogram)
            output.WriteLine($"{Price(bar.UpToUsd),10} {new string('#', (int)Math.Ceiling(PlotWidth * (double)bar.Bids / most))} {(bar.Bids > 0 ? Number(bar.Bids) : "")}".TrimEnd());
    }

    private static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    private static string Price(double? usd) => usd is { } value ? value.ToString("0.###", CultureInfo.InvariantCulture) : "-";

    private static string Part(double part) => part.ToString("0.0%", CultureInfo.InvariantCulture);
}
