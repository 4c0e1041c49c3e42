using System.Text.RegularExpressions;

namespace ProviderAgent.ProviderAgent.Tests.Architecture;

/// <summary>Everything that operators of other providers complain of has a test here that shows how it is with this daemon.</summary>
public sealed partial class PainTests
{
    // What no test of this kind can show, and where to look instead.
    private static readonly Dictionary<string, string> Elsewhere = new(StringComparer.Ordinal)
    {
        [nameof(Pain.HelperOutOfMemory)] = "there is one process, and bench/README.md has its memory with 100 containers",
        [nameof(Pain.HardSetUp)] = "demo.sh sets everything up on a fresh machine, and its time is in the README",
    };

    [Fact]
    public void EveryPain_IsShownByATest()
    {
        var shown = Directory.EnumerateFiles(Path.Combine(Repository.Root, "tests"), "*Tests.cs", SearchOption.AllDirectories)
            .SelectMany(file => Marked().Matches(File.ReadAllText(file)))
            .Select(match => match.Groups[1].Value)
            .ToHashSet(StringComparer.Ordinal);
        var names = typeof(Pain).GetFields().Where(field => field.IsLiteral && field.Name != nameof(Pain.Trait)).ToDictionary(field => field.Name, field => (string)field.GetRawConstantValue()!);

        Assert.Equal(Enumerable.Range(1, 44), names.Values.Select(number => int.Parse(number, System.Globalization.CultureInfo.InvariantCulture)).Order());
        Assert.Empty(names.Where(pain => !shown.Contains(pain.Key) && !Elsewhere.ContainsKey(pain.Key)).Select(pain => $"pain {pain.Value} ({pain.Key}) has no test"));
    }

    [GeneratedRegex(@"\[Trait\(Pain\.Trait, Pain\.(\w+)\)\]")]
    private static partial Regex Marked();
}
