using System.Text.Json;
using ProviderAgent.Cli.Verbs.Pricing;
using ProviderAgent.Config;
using ProviderAgent.Hosting;
using ProviderAgent.ProviderAgent.Tests.Support;

namespace ProviderAgent.ProviderAgent.Tests.Cli;

public sealed class PriceVerbTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Price_EverySdlOfTheVectors_HasAPriceOrAReason()
    {
        string[] files = [.. Directory.EnumerateFiles(Repository.Vector("gateway/sdl"), "sdl.yaml", SearchOption.AllDirectories).Order()];
        var upstream = Repository.Vector("gateway/sdl-upstream");
        if (Directory.Exists(upstream)) files = [.. files, .. Directory.EnumerateFiles(upstream, "*.yaml", SearchOption.AllDirectories).Order()];
        Assert.True(files.Length >= 19);

        using var report = Json(await PriceAsync(["--json", "--akt-usd", "0.5", .. files]));

        Assert.Equal(1, report.RootElement.GetProperty("schema").GetInt32());
        var priced = report.RootElement.GetProperty("files").EnumerateArray().ToArray();
        Assert.Equal(files, priced.Select(file => file.GetProperty("file").GetString()));
        foreach (var file in priced)
        {
            var groups = file.GetProperty("groups").EnumerateArray().ToArray();
            if (groups.Length == 0)
            {
                Assert.All(file.GetProperty("errors").EnumerateArray(), error => Assert.True(error.GetProperty("line").GetInt32() > 0 && error.GetProperty("message").GetString()?.Length > 0));
                Assert.NotEmpty(file.GetProperty("errors").EnumerateArray());
            }

            foreach (var group in groups)
            {
                if (group.GetProperty("decision").GetString() == "bid")
                {
                    Assert.True(decimal.Parse(group.GetProperty("price").GetProperty("amount").GetString() ?? "", System.Globalization.CultureInfo.InvariantCulture) > 0);
                    Assert.NotEmpty(group.GetProperty("lines").EnumerateArray());
                }
                else
                {
                    Assert.NotEmpty(group.GetProperty("reason").GetString() ?? "");
                    Assert.NotEmpty(group.GetProperty("detail").GetString() ?? "");
                }
            }
        }
    }

    [Fact]
    public async Task Price_SimpleFile_HasTheDocumentedForm()
    {
        using var report = Json(await PriceAsync("--json", Path.Combine(Repository.Vector("gateway/sdl"), "01-simple-http", "sdl.yaml")));

        var group = report.RootElement.GetProperty("files")[0].GetProperty("groups")[0];
        Assert.Equal(("dcloud", "bid", JsonValueKind.Null), (group.GetProperty("name").GetString(), group.GetProperty("decision").GetString(), group.GetProperty("reason").ValueKind));
        Assert.Equal(("uact", "2.954114"), (group.GetProperty("price").GetProperty("denom").GetString(), group.GetProperty("price").GetProperty("amount").GetString()));
        var line = group.GetProperty("lines")[0];
        Assert.Equal(("cpu", "0.5 threads", "1.6", "0.8"), (line.GetProperty("item").GetString(), line.GetProperty("quantity").GetString(), line.GetProperty("unit_price").GetString(), line.GetProperty("amount").GetString()));
    }

    [Fact]
    public async Task Price_BadAndGoodFiles_PricesTheGoodOnesAndFails()
    {
        var bad = _folder.File("bad.yaml");
        await File.WriteAllTextAsync(bad, "version: '3.0'\n");

        var result = await PriceAsync(bad, _folder.File("missing.yaml"), Path.Combine(Repository.Vector("gateway/sdl"), "01-simple-http", "sdl.yaml"));

        Assert.Equal(ExitCode.Failed, result.Code);
        Assert.Contains("version", result.Output, StringComparison.Ordinal);
        Assert.Contains("cannot be read", result.Output, StringComparison.Ordinal);
        Assert.Contains("bid 2.954114 uact", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Price_ConfigWithPricesOnly_IsEnough()
    {
        var config = _folder.File("prices.yaml");
        await File.WriteAllTextAsync(config, "pricing:\n  rules:\n    - {name: double, multiply: 2}\n");

        var result = await PriceAsync("--config", config, Path.Combine(Repository.Vector("gateway/sdl"), "01-simple-http", "sdl.yaml"));

        Assert.Contains("bid 5.908227 uact", result.Output, StringComparison.Ordinal);
        Assert.Contains("rule double", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Price_WrongPrices_AreAMistakeInTheConfiguration()
    {
        var config = _folder.File("prices.yaml");
        await File.WriteAllTextAsync(config, "pricing:\n  rates:\n    cpu: -1\n");

        Assert.Equal(ExitCode.Configuration, (await PriceAsync("--config", config, "x.yaml")).Code);
    }

    [Fact]
    public async Task Import_SettingsOfAScript_ReadBackAsTheSameConfiguration()
    {
        var (settings, config) = (_folder.File("script.env"), _folder.File("prices.yaml"));
        await File.WriteAllTextAsync(settings, "PRICE_TARGET_CPU=2\nPRICE_TARGET_GPU_MAPPINGS=h100=900,*=1700\nWHITELIST_URL=https://example.com/list.txt\n");

        var imported = await CommandRunner.RunAsync([new ImportPricesVerb()], "price-import", settings);
        await File.WriteAllTextAsync(config, imported.Output);
        var read = OfflineSettings.LoadPolicy(ConfigLoaderFactory.Create(), config);

        Assert.Equal(ExitCode.Done, imported.Code);
        Assert.Equal((2m, 900m, 1700m, 1700m), (read.Pricing.Rates.Cpu, read.Pricing.Rates.Gpu["h100"], read.Pricing.Rates.Gpu["*"], read.Pricing.Rates.OtherGpu));
        Assert.Equal("https://example.com/list.txt", Assert.Single(read.Bidding.Lists).Url?.OriginalString);
    }

    private static Task<CliResult> PriceAsync(params string[] arguments) =>
        CommandRunner.RunAsync([new PriceVerb(ConfigLoaderFactory.Create(), TimeProvider.System)], ["price", .. arguments]);

    private static JsonDocument Json(CliResult result) => JsonDocument.Parse(result.Output);
}
