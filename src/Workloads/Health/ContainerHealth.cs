using System.Text;

namespace ProviderAgent.Workloads;

/// <summary>What an image's own health check says of a replica.</summary>
public enum HealthVerdict
{
    /// <summary>It has not passed yet, and may still.</summary>
    Starting,
    Healthy,
    Unhealthy,
}

/// <summary>A replica by the health check of its image, which the engine runs inside it.</summary>
/// <param name="Status">What follows from the latest checks.</param>
/// <param name="Output">What the latest one printed: one line without control characters, cut short. The tenant wrote it.</param>
public sealed record ContainerHealth(HealthVerdict Status, string Output)
{
    private const int LongestOutput = 300;

    /// <summary>Reads the engine's words.</summary>
    /// <returns>Null when the container has no health check.</returns>
    internal static ContainerHealth? Read(Docker.Models.Health? health) => health?.Status switch
    {
        "starting" => new(HealthVerdict.Starting, Latest(health)),
        "healthy" => new(HealthVerdict.Healthy, Latest(health)),
        "unhealthy" => new(HealthVerdict.Unhealthy, Latest(health)),
        _ => null,
    };

    private static string Latest(Docker.Models.Health health) => OneLine(health.Log is { Count: > 0 } log ? log[^1].Output ?? "" : "");

    /// <summary>Text of a tenant's as one line that cannot do harm where it is shown.</summary>
    internal static string OneLine(string text)
    {
        var line = new StringBuilder();
        foreach (var rune in text.EnumerateRunes())
        {
            var isBlank = Rune.IsControl(rune) || Rune.IsWhiteSpace(rune) || Rune.GetUnicodeCategory(rune) is System.Globalization.UnicodeCategory.Format or System.Globalization.UnicodeCategory.Surrogate;
            if (isBlank && (line.Length == 0 || line[^1] == ' ')) continue;
            if (line.Length >= LongestOutput) return line.Append('…').ToString();
            line.Append(isBlank ? " " : rune.ToString());
        }

        return line.ToString().TrimEnd();
    }
}
