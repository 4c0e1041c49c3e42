using System.Globalization;
using System.Text.RegularExpressions;
using ProviderAgent.Hosting;

namespace ProviderAgent.ProviderAgent.Tests.Docs;

/// <summary>docs/guide/exit-codes.md has a row for each exit code.</summary>
public sealed class ExitCodePageTests
{
    [Fact]
    public void Page_HasARowForEachCode()
    {
        var page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "guide", "exit-codes.md"));

        var rows = Regex.Matches(page, @"^\| (\d+) \| ([a-z]+) \|", RegexOptions.Multiline)
            .Select(row => (int.Parse(row.Groups[1].Value, CultureInfo.InvariantCulture), row.Groups[2].Value));

        Assert.Equal(Enum.GetValues<ExitCode>().Select(code => ((int)code, code.ToString().ToLowerInvariant())), rows);
    }
}
