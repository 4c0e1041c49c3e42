using System.Text.RegularExpressions;
using ProviderAgent.Config;

namespace ProviderAgent.ProviderAgent.Tests.Config;

/// <summary>The example file is the reference: complete, valid, and true about every default.</summary>
public sealed class ConfigExampleTests
{
    // What only the operator can know.
    private static readonly string[] Yours = ["chain.endpoints", "chain.key.file", "provider.host_uri"];

    private static readonly string Example = Path.Combine(Repository.Root, "config.example.yaml");

    [Fact]
    public void Example_PassesEveryCheck() => ConfigLoaderFactory.Create().Load(new(Example, new Dictionary<string, string>(), []));

    [Fact]
    public void Example_NamesEveryOption()
    {
        var text = File.ReadAllText(Example);
        var given = Given();

        var missing = OptionNames.Leaves(typeof(AgentOptions)).Select(leaf => leaf.Path)
            .Where(path => !given.ContainsKey(path) && !Regex.IsMatch(text, $@"^\s*# {Regex.Escape(path.Split('.')[^1])}: ", RegexOptions.Multiline));

        Assert.Empty(missing);
    }

    [Fact]
    public void Example_ShowsTheDefaults()
    {
        var options = ConfigLoaderFactory.Create().Load(new(Example, new Dictionary<string, string>(), []));
        var defaults = EffectiveConfig.Values(new AgentOptions());

        var different = EffectiveConfig.Values(options).Where(option => !Yours.Contains(option.Key) && defaults[option.Key] != option.Value);

        Assert.Empty(different);
    }

    private static Dictionary<string, ConfigNode> Given()
    {
        var problems = new List<ConfigProblem>();
        var found = new Dictionary<string, ConfigNode>(StringComparer.Ordinal);
        Walk(YamlText.Read(File.ReadAllText(Example), "example", problems), "");
        Assert.Empty(problems);
        return found;

        void Walk(ConfigNode? node, string path)
        {
            if (node is not null) found[path] = node;
            if (node is not ConfigNode.Map map) return;
            foreach (var (key, _, value) in map.Entries) Walk(value, path.Length == 0 ? key : $"{path}.{key}");
        }
    }
}
