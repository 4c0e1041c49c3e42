using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Text;

namespace ProviderAgent.Config;

/// <summary>How members of option classes are spelled in the configuration: snake case in the file, upper case in the environment.</summary>
internal static class OptionNames
{
    /// <summary><c>BidTimeout</c> becomes <c>bid_timeout</c>; a run of capitals or digits stays one word.</summary>
    public static string Key(string member)
    {
        var text = new StringBuilder(member.Length + 8);
        for (var i = 0; i < member.Length; i++)
        {
            var c = member[i];
            var startsWord = i > 0 && char.IsUpper(c) && (!char.IsUpper(member[i - 1]) || (i + 1 < member.Length && char.IsLower(member[i + 1])));
            if (startsWord) text.Append('_');
            text.Append(char.ToLowerInvariant(c));
        }

        return text.ToString();
    }

    /// <summary>The members that can be set from a configuration, in the order of the class.</summary>
    [UnconditionalSuppressMessage("Trimming", "IL2070", Justification = "OptionTypes keeps the properties of every option class, and a test keeps OptionTypes complete.")]
    public static IEnumerable<PropertyInfo> Members(Type type) =>
        type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(member => member.CanWrite && member.GetIndexParameters().Length == 0);

    /// <summary>True for a class of ours whose members are options themselves.</summary>
    public static bool IsSection(Type type) =>
        type.IsClass && type != typeof(string) && type != typeof(Uri) && !type.IsGenericType && type.Namespace?.StartsWith("ProviderAgent", StringComparison.Ordinal) == true;

    /// <summary>All single options below <paramref name="type"/> as dotted paths, for example <c>bidding.budget.fees_per_day</c>.</summary>
    public static IEnumerable<(string Path, PropertyInfo Member)> Leaves(Type type, string prefix = "")
    {
        foreach (var member in Members(type))
        {
            var path = prefix + Key(member.Name);
            if (!IsSection(member.PropertyType))
            {
                yield return (path, member);
                continue;
            }

            foreach (var leaf in Leaves(member.PropertyType, path + ".")) yield return leaf;
        }
    }

    /// <summary>The environment variable that overrides an option: <c>bidding.timeout</c> is <c>PROVIDER_AGENT_BIDDING_TIMEOUT</c>.</summary>
    public static string EnvironmentVariable(string path) => "PROVIDER_AGENT_" + path.Replace('.', '_').ToUpperInvariant();
}
