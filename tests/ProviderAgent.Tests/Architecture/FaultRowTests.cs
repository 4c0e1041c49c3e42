using System.Text.RegularExpressions;

namespace ProviderAgent.ProviderAgent.Tests.Architecture;

/// <summary>Every fault that the daemon is said to survive has a test that carries its number.</summary>
public sealed partial class FaultRowTests
{
    [Fact]
    public void EveryRow_IsShownByATest()
    {
        var shown = Directory.EnumerateFiles(Path.Combine(Repository.Root, "tests"), "*Tests.cs", SearchOption.AllDirectories)
            .SelectMany(file => Marked().Matches(File.ReadAllText(file)))
            .Select(match => match.Groups["row"].Value)
            .ToHashSet(StringComparer.Ordinal);

        var names = typeof(FaultRow).GetFields().Where(field => field.IsLiteral && field.Name != nameof(FaultRow.Trait)).ToDictionary(field => (string)field.GetRawConstantValue()!, field => field.Name);
        Assert.Equal(FaultRow.All.Order(StringComparer.Ordinal), names.Keys.Order(StringComparer.Ordinal));
        Assert.Empty(FaultRow.All.Where(row => !shown.Contains(names[row])).Select(row => $"fault {row} ({names[row]}) has no test"));
    }

    // The mark stands above a test method, with nothing but other attributes and remarks between.
    [GeneratedRegex(@"\[Trait\(FaultRow\.Trait, FaultRow\.(?<row>\w+)\)\](?=\s*\n(?:\s*(?:\[|//)[^\n]*\n)*\s*public (?:async )?(?:Task|void) \w+\()")]
    private static partial Regex Marked();
}
