using System.Globalization;
using System.Text.Json;
using ProviderAgent.Marketplace;
using ProviderAgent.Operator.Views;

namespace ProviderAgent.Cli.Verbs;

/// <summary>A stored decision for people: what was asked, what it would cost line by line, what the host had, what followed. All inputs are in the JSON form.</summary>
internal static class WhyText
{
    public static void Write(TextWriter output, WhyView view)
    {
        var decision = view.Decision;
        output.WriteLine($"{decision.Order}: {(decision.Decision == "bid" ? $"bid {decision.Price}" : $"declined, {decision.Reason}: {decision.Detail}")}");
        output.WriteLine($"decided {decision.DecidedAt:u}{(view.Times > 1 ? $", {view.Times} times in all" : "")}");
        if (Child(view.Inputs, "order") is { } order) WriteOrder(output, order);
        if (Child(view.Inputs, "quote") is { } quote) WriteQuote(output, quote);
        if (Child(view.Inputs, "pricing") is { } pricing) WritePricing(output, pricing);
        if (Child(view.Inputs, "host") is { } host) WriteStock(output, host);
        foreach (var act in view.Acts)
            output.WriteLine($"{act.BegunAt:u}  {Text(act.What, "kind")} -> {(act.Outcome is { } outcome ? $"{Text(outcome, "result")} {Text(outcome, "reference")} {Text(outcome, "detail")}".TrimEnd() : "(not known yet)")}");
        if (view.Winner is { } winner) output.WriteLine($"it went to {winner}{(view.WinningPrice is { } price ? $" at {price}" : "")}");
        output.WriteLine("Everything it was made from: the same with --json.");
    }

    private static void WriteOrder(TextWriter output, JsonElement order)
    {
        foreach (var unit in List(order, "units"))
        {
            var limit = Child(unit, "price_limit") is { } price ? $", at most {Text(price, "amount")} {Text(price, "denom")}/{Text(price, "per").ToLowerInvariant()}" : "";
            var storage = string.Join(" + ", List(unit, "storage").Select(volume => new ByteSize(Number(volume, "bytes")).ToString()));
            var gpus = Number(unit, "gpus") is var count and > 0 ? $", {count} GPU" : "";
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"asks for  {Number(unit, "count")} x {Number(unit, "milli_cpu") / 1000m:0.###} threads, {new ByteSize(Number(unit, "memory_bytes"))} memory, {storage} storage{gpus}{limit}"));
        }
    }

    private static void WriteQuote(TextWriter output, JsonElement quote)
    {
        var table = new TextTable("PRICE OF", "QUANTITY", "RATE", Text(quote, "line_unit").ToUpperInvariant());
        foreach (var line in List(quote, "lines")) table.Add(Text(line, "item"), Text(line, "quantity"), Text(line, "rate"), Text(line, "amount"));
        table.Add("all", "", "", Text(quote, "usd_per_month") is { Length: > 0 } usd ? $"{usd} usd/month" : "");
        table.WriteTo(output);
    }

    private static void WritePricing(TextWriter output, JsonElement pricing)
    {
        if (Text(pricing, "usd_per_akt") is { Length: > 0 } akt) output.WriteLine($"reckoned with {akt} USD for one AKT, by {Text(pricing, "akt_source")}");
        foreach (var gpu in List(pricing, "picked_gpus")) output.WriteLine($"it would get {Text(gpu, "model")} {Text(gpu, "ram")} {Text(gpu, "interface")} {Text(gpu, "uuid")}".TrimEnd());
    }

    private static void WriteStock(TextWriter output, JsonElement host)
    {
        var stock = List(host, "stock").Where(line => Number(line, "total") > 0).Select(line => Text(line, "resource").ToLowerInvariant() switch
        {
            "cpu" => string.Create(CultureInfo.InvariantCulture, $"{Number(line, "free") / 1000m:0.##} threads"),
            "gpu" => $"{Number(line, "free")} GPUs",
            var name => $"{new ByteSize(Number(line, "free"))} {name}",
        });
        output.WriteLine($"free then {string.Join(", ", stock)}; {Number(host, "open_bids")} of {Number(host, "max_open_bids")} bids open{(Text(host, "balance") is { Length: > 0 } balance ? $"; the account held {balance}" : "")}");
    }

    private static JsonElement? Child(JsonElement parent, string name) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out var child) && child.ValueKind == JsonValueKind.Object ? child : null;

    private static JsonElement[] List(JsonElement parent, string name) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out var list) && list.ValueKind == JsonValueKind.Array ? [.. list.EnumerateArray()] : [];

    private static string Text(JsonElement parent, string name) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() ?? "" : "";

    private static long Number(JsonElement parent, string name) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out var value) && value.TryGetInt64(out var number) ? number : 0;
}
