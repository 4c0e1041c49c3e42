using System.Collections;

namespace ProviderAgent.Config;

/// <summary>The configuration in force as text, one line for each option.</summary>
internal static class EffectiveConfig
{
    /// <summary>Every option by its dotted key. Secrets are never values here: options hold the names of files.</summary>
    public static SortedDictionary<string, string> Values(AgentOptions options)
    {
        var values = new SortedDictionary<string, string>(StringComparer.Ordinal);
        Add(values, options, "");
        return values;
    }

    /// <summary>The options that differ, as <c>key: before -> after</c>.</summary>
    public static IReadOnlyList<string> Difference(AgentOptions before, AgentOptions after)
    {
        var (old, now) = (Values(before), Values(after));
        return [.. old.Keys.Union(now.Keys).Order(StringComparer.Ordinal)
            .Where(key => old.GetValueOrDefault(key) != now.GetValueOrDefault(key))
            .Select(key => $"{key}: {old.GetValueOrDefault(key, "(none)")} -> {now.GetValueOrDefault(key, "(none)")}")];
    }

    private static void Add(SortedDictionary<string, string> values, object section, string prefix)
    {
        foreach (var member in OptionNames.Members(section.GetType()))
        {
            var key = prefix + OptionNames.Key(member.Name);
            var value = member.GetValue(section);
            if (value is not null && OptionNames.IsSection(member.PropertyType)) Add(values, value, key + ".");
            else values[key] = Text(value);
        }
    }

    private static string Text(object? value) => value switch
    {
        string text => text,
        IDictionary table => "{" + string.Join(", ", table.Keys.Cast<object>().Order().Select(key => $"{key}: {Text(table[key])}")) + "}",
        IEnumerable list => "[" + string.Join(", ", list.Cast<object?>().Select(Text)) + "]",
        { } section when OptionNames.IsSection(section.GetType()) => "{" + string.Join(", ", OptionNames.Members(section.GetType()).Select(member => $"{OptionNames.Key(member.Name)}: {Text(member.GetValue(section))}")) + "}",
        _ => ValueText.Write(value),
    };
}
