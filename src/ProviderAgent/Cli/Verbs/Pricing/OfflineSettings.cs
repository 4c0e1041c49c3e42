using System.CommandLine;
using System.Globalization;
using ProviderAgent.Bidding;
using ProviderAgent.Config;
using ProviderAgent.Hosting;
using ProviderAgent.Inventory;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Cli.Verbs.Pricing;

/// <summary>Options of the verbs that price without a daemon.</summary>
internal sealed class OfflineSettings
{
    /// <summary>Blocks of 30.437 days at the market's nominal 6.117 s.</summary>
    private const string NominalBlocks = "429909";

    private readonly Option<string> _blocks = new("--blocks-per-month")
    {
        Description = "Blocks in 30.437 days, for turning prices per month into prices per block",
        HelpName = "N",
        DefaultValueFactory = _ => NominalBlocks,
    };

    private readonly Option<string?> _akt = new("--akt-usd") { Description = "USD for one AKT, for orders that are paid in uakt", HelpName = "USD" };

    public void AddTo(Command verb)
    {
        verb.Options.Add(_blocks);
        verb.Options.Add(_akt);
    }

    /// <summary>The configuration; where none was named and none is in the usual place, the defaults.</summary>
    public static AgentOptions Load(CliContext context, ConfigLoader loader, ParseResult parsed)
    {
        var sources = context.Sources(parsed);
        if (sources.File == CliContext.DefaultConfig && !File.Exists(sources.File)) sources = sources with { File = null };
        return loader.Load(sources, "pricing", "bidding", "state", "operator");
    }

    /// <summary>A file with the section <c>pricing</c> alone, or a whole configuration.</summary>
    public static AgentOptions LoadPolicy(ConfigLoader loader, string file) =>
        loader.Load(new(file, new Dictionary<string, string>(), []), "pricing", "bidding");

    /// <summary>What this provider registers on the market: the configured attributes, its classes of volumes and the keys of its GPUs. Null where the configuration names no provider.</summary>
    public static ValueList<MarketAttribute>? Attributes(AgentOptions options, InventorySnapshot stock) => options.Provider.HostUri is null
        ? null
        : options.Provider.Attributes.Select(attribute => new MarketAttribute(attribute.Key, attribute.Value))
            .Concat(options.Inventory.StorageClasses.Attributes(options.Provider.Attributes.Keys))
            .Concat(GpuModel.Attributes(stock.Gpus.Select(gpu => gpu.Card.Model).OfType<GpuModel>())).DistinctBy(attribute => attribute.Key).ToValueList();

    public MarketClock Clock(ParseResult parsed) => new(Number(parsed.GetValue(_blocks), "--blocks-per-month"));

    /// <summary>The price that was given, or the configured one for when none is known.</summary>
    public CoinPrice? Akt(ParseResult parsed, PricingOptions pricing, DateTimeOffset now)
    {
        if (parsed.GetValue(_akt) is { } text) return new(Number(text, "--akt-usd"), "--akt-usd", now);
        return pricing.CoinPrice.WhenUnsure is { } guess
            ? new(Number(guess.ToString(CultureInfo.InvariantCulture), "pricing.coin_price.when_unsure"), "pricing.coin_price.when_unsure", now)
            : null;
    }

    private static Decimal18 Number(string? text, string name) =>
        Decimal18.TryParse(text, out var value) && value.Sign > 0 && value <= Decimal18.FromInteger(1_000_000_000) ? value : throw new ExitException(ExitCode.Usage, $"{name}: '{text}' is not a number above 0 and at most 1000000000");
}
