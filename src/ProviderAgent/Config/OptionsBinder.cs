using System.Collections;
using System.Reflection;

namespace ProviderAgent.Config;

/// <summary>Fills option classes from a <see cref="ConfigNode"/> tree. Unknown keys and wrong types are collected, never skipped silently.</summary>
/// <param name="types">Makes the objects below the target.</param>
/// <param name="problems">Receives what is wrong.</param>
internal sealed class OptionsBinder(OptionTypes types, List<ConfigProblem> problems)
{
    /// <summary>Sets the members of <paramref name="target"/> that <paramref name="map"/> names; the others keep their defaults.</summary>
    public void Bind(ConfigNode.Map map, object target, string path)
    {
        var members = OptionNames.Members(target.GetType()).ToDictionary(member => OptionNames.Key(member.Name));
        foreach (var (key, place, node) in map.Entries)
        {
            var full = path.Length == 0 ? key : $"{path}.{key}";
            if (!members.TryGetValue(key, out var member))
            {
                problems.Add(new(place, full, Unknown(key, members.Keys)));
                continue;
            }

            if (OptionNames.IsSection(member.PropertyType)) BindSection(node, member, target, full);
            else if (TryValue(node, member.PropertyType, full, out var value)) member.SetValue(target, value);
        }
    }

    private void BindSection(ConfigNode node, PropertyInfo member, object target, string path)
    {
        if (node is ConfigNode.Scalar { IsNull: true }) return;
        if (node is not ConfigNode.Map section)
        {
            problems.Add(new(node.Source, path, "is a section: put its options below it, indented"));
            return;
        }

        // An optional section is null until the file has it.
        var value = member.GetValue(target) ?? types.Create(member.PropertyType);
        member.SetValue(target, value);
        Bind(section, value, path);
    }

    private bool TryValue(ConfigNode node, Type type, string path, out object? value)
    {
        value = null;
        var plain = Nullable.GetUnderlyingType(type) ?? type;
        if (plain.IsGenericType && plain.GetGenericTypeDefinition() == typeof(List<>)) return TryList(node, plain, path, out value);
        if (plain.IsGenericType && plain.GetGenericTypeDefinition() == typeof(Dictionary<,>)) return TryDictionary(node, plain, path, out value);
        if (OptionNames.IsSection(plain)) return TryItem(node, plain, path, out value);
        if (node is not ConfigNode.Scalar scalar)
        {
            problems.Add(new(node.Source, path, "is a single value, not a list or section"));
            return false;
        }

        if (scalar.IsNull)
        {
            if (type.IsValueType && Nullable.GetUnderlyingType(type) is null)
                problems.Add(new(node.Source, path, "has no value; remove the key to get the default"));
            return !type.IsValueType || Nullable.GetUnderlyingType(type) is not null;
        }

        if (ValueText.TryRead(plain, scalar.Text, out value, out var expected)) return true;
        problems.Add(new(node.Source, path, $"'{scalar.Text}' is not {expected}"));
        return false;
    }

    private bool TryItem(ConfigNode node, Type type, string path, out object? value)
    {
        value = types.Create(type);
        if (node is ConfigNode.Map map)
        {
            Bind(map, value, path);
            return true;
        }

        problems.Add(new(node.Source, path, $"must be a set of options: {string.Join(", ", OptionNames.Members(type).Select(member => OptionNames.Key(member.Name)))}"));
        return false;
    }

    private bool TryList(ConfigNode node, Type type, string path, out object? value)
    {
        var list = (IList)types.Create(type);
        value = list;
        if (node is ConfigNode.Scalar { IsNull: true }) return true;
        if (node is not ConfigNode.List items)
        {
            problems.Add(new(node.Source, path, "is a list: write each item on a line of its own after '- ', or all in [brackets]"));
            return false;
        }

        for (var i = 0; i < items.Items.Count; i++)
        {
            if (TryValue(items.Items[i], type.GetGenericArguments()[0], $"{path}[{i}]", out var item)) list.Add(item);
        }

        return true;
    }

    private bool TryDictionary(ConfigNode node, Type type, string path, out object? value)
    {
        var dictionary = (IDictionary)types.Create(type);
        value = dictionary;
        if (node is ConfigNode.Scalar { IsNull: true }) return true;
        if (node is not ConfigNode.Map map)
        {
            problems.Add(new(node.Source, path, "is a table: write 'key: value' lines below it, indented"));
            return false;
        }

        foreach (var (key, _, item) in map.Entries)
        {
            if (TryValue(item, type.GetGenericArguments()[1], $"{path}.{key}", out var read)) dictionary[key] = read;
        }

        return true;
    }

    private static string Unknown(string key, IEnumerable<string> known)
    {
        var names = known.ToArray();
        var near = key.Length > 64 ? null : names.Where(name => Distance(name, key) <= Math.Max(2, key.Length / 3)).MinBy(name => Distance(name, key));
        return near is null ? $"is not an option; known here are {string.Join(", ", names)}" : $"is not an option; did you mean '{near}'?";
    }

    /// <summary>Number of single-character edits between two short words.</summary>
    private static int Distance(string left, string right)
    {
        var row = Enumerable.Range(0, right.Length + 1).ToArray();
        for (var i = 1; i <= left.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= right.Length; j++)
            {
                var substitute = diagonal + (left[i - 1] == right[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(substitute, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[right.Length];
    }
}
