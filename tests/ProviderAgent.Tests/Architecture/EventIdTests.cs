using System.Text.RegularExpressions;

namespace ProviderAgent.ProviderAgent.Tests.Architecture;

/// <summary>Who searches a log for an event by its number finds that event and no other.</summary>
public sealed partial class EventIdTests
{
    [Fact]
    public void EveryEventId_IsUsedOnce()
    {
        var ids = Directory.EnumerateFiles(Path.Combine(Repository.Root, "src"), "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains("/obj/", StringComparison.Ordinal))
            .SelectMany(file => Id().Matches(File.ReadAllText(file)).Select(match => (Id: match.Groups[1].Value, File: Path.GetFileName(file))))
            .ToArray();

        Assert.True(ids.Length > 200, "the log's events are not found; has their form changed?");
        Assert.Empty(ids.GroupBy(entry => entry.Id).Where(group => group.Count() > 1).Select(group => $"{group.Key}: {string.Join(", ", group.Select(entry => entry.File))}"));
    }

    [GeneratedRegex(@"\[LoggerMessage\((\d+),")]
    private static partial Regex Id();
}
