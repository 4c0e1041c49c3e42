using ProviderAgent.Config;

namespace ProviderAgent.ProviderAgent.Tests.Config;

public sealed class ConfigLoaderTests : IDisposable
{
    private const string Minimal = """
        chain:
          endpoints: [{rpc: "http://127.0.0.1:26657"}]
          key: {file: /etc/provider-agent/signing.key}
        provider:
          host_uri: https://provider.example.com:8443
        """;

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Load_FileEnvironmentAndFlag_TheFlagWinsThenTheEnvironment()
    {
        var options = Load(
            Minimal + "\nbidding: {timeout: 1m, max_open: 1, evaluators: 1}",
            new() { ["PROVIDER_AGENT_BIDDING_MAX_OPEN"] = "2", ["PROVIDER_AGENT_BIDDING_EVALUATORS"] = "2", ["UNRELATED"] = "x", ["PROVIDER_AGENT_CONFIG"] = "x" },
            ["bidding.evaluators=3"]);

        Assert.Equal((TimeSpan.FromMinutes(1), 2, 3), (options.Bidding.Timeout, options.Bidding.MaxOpen, options.Bidding.Evaluators));
    }

    [Fact]
    public void Load_ListAndTableFromOutside_AreReadAsYaml()
    {
        var options = Load(
            Minimal,
            new() { ["PROVIDER_AGENT_CHAIN_ENDPOINTS"] = "[{rpc: \"http://a:1\"}, {rpc: \"http://b:2\"}]" },
            ["provider.attributes={region: eu-central, tier: community}"]);

        Assert.Equal(["http://a:1", "http://b:2"], options.Chain.Endpoints.Select(endpoint => endpoint.Rpc?.OriginalString));
        Assert.Equal("eu-central", options.Provider.Attributes["region"]);
    }

    [Fact]
    public void Load_MistakesOfAllKinds_AreReportedTogetherWithTheirPlaces()
    {
        var error = Assert.Throws<ConfigException>(() => Load(
            """
            chain:
              endpoints: []
              key: {file: ""}
            provider:
              host_uri: http://provider.example.com/path/
            biding: {}
            workloads:
              pids_limit: 1
            """,
            new() { ["PROVIDER_AGENT_NO_SUCH_OPTION"] = "1" },
            ["bidding.timeout=soon", "nonsense"]));

        var text = error.Problems.Select(problem => problem.ToString()).ToArray();
        var file = _folder.File("config.yaml");
        Assert.Contains($"{file}:6:1: biding: is not an option; did you mean 'bidding'?", text);
        Assert.Contains(text, line => line.StartsWith($"{file}:2:14: chain.endpoints: ", StringComparison.Ordinal));
        Assert.Contains(text, line => line.StartsWith($"{file}:5:13: provider.host_uri: ", StringComparison.Ordinal));
        Assert.Contains(text, line => line.StartsWith($"{file}:8:15: workloads.pids_limit: ", StringComparison.Ordinal));
        Assert.Contains("environment PROVIDER_AGENT_NO_SUCH_OPTION: names no option", text);
        Assert.Contains(text, line => line.StartsWith("flag --set: bidding.timeout: 'soon' is not a duration", StringComparison.Ordinal));
        Assert.Contains("flag --set nonsense: must be KEY=VALUE, such as bidding.timeout=3m", text);
        Assert.Contains(text, line => line.Contains("chain.key", StringComparison.Ordinal));
    }

    [Fact]
    public void Load_NoSuchFile_SaysWhatToDo()
    {
        var error = Assert.Throws<ConfigException>(() => ConfigLoaderFactory.Create().Load(new(_folder.File("missing.yaml"), new Dictionary<string, string>(), [])));

        Assert.Contains("there is no such file", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Difference_OfTwoConfigurations_NamesEachOption()
    {
        var before = Load(Minimal, [], []);
        var after = Load(Minimal, [], ["bidding.timeout=2m", "pricing.rates.gpu={h100: 900}"]);

        Assert.Equal(["bidding.timeout: 5m -> 2m", "pricing.rates.gpu: {} -> {h100: 900}"], EffectiveConfig.Difference(before, after));
    }

    [Fact]
    public void Replace_OfTheStore_ReachesTheRoomsAsOneSnapshot()
    {
        using var store = new ConfigStore(Load(Minimal, [], []));
        var section = new SectionOptions<Bidding.BiddingOptions>(store, options => options.Bidding);
        var told = 0;
        using var registration = Microsoft.Extensions.Primitives.ChangeToken.OnChange(section.GetChangeToken, () => told++);

        store.Replace(Load(Minimal, [], ["bidding.timeout=2m"]));
        store.Replace(Load(Minimal, [], ["bidding.timeout=3m"]));

        Assert.Equal((2, TimeSpan.FromMinutes(3)), (told, section.Create("").Timeout));
    }

    private AgentOptions Load(string yaml, Dictionary<string, string> environment, string[] flags)
    {
        var file = _folder.File("config.yaml");
        File.WriteAllText(file, yaml);
        return ConfigLoaderFactory.Create().Load(new(file, environment, flags));
    }
}
