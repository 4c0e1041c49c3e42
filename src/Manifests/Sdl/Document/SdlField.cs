using System.Globalization;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Manifests;

/// <summary>A value of the file together with its path. Reading a wrong type notes the problem and yields something harmless, so that the rest is read too.</summary>
internal readonly struct SdlField(YamlNode node, string path, SdlProblems problems)
{
    private const int MaxNameInPath = 80;

    public YamlNode Node => node;

    public bool IsNull => node.IsNull;

    public void Fail(string message) => problems.Add(node, path, message);

    /// <summary>The members by name; of an unknown one (when <paramref name="known"/> is given) the problem is noted. Empty when this is no mapping.</summary>
    public SdlMap Map(params string[] known)
    {
        if (node.Kind != YamlKind.Mapping)
        {
            Fail($"must be a mapping, is {node.Describe()}");
            return new(this, []);
        }

        var members = new Dictionary<string, SdlField>(StringComparer.Ordinal);
        foreach (var member in node.Members)
        {
            var child = Child(member);
            if (known.Length > 0 && !known.Contains(member.Key)) problems.Add(member.KeyNode, PathOf(member.Key), $"unknown field; known here are {string.Join(", ", known)}");
            else members[member.Key] = child;
        }

        return new(this, members);
    }

    /// <summary>The entries of a list; empty when this is none.</summary>
    public IReadOnlyList<SdlField> List()
    {
        if (node.Kind != YamlKind.Sequence)
        {
            Fail($"must be a list, is {node.Describe()}");
            return [];
        }

        var items = new List<SdlField>(node.Items.Count);
        for (var i = 0; i < node.Items.Count; i++) items.Add(new(node.Items[i], $"{path}[{i}]", problems));
        return items;
    }

    /// <summary>Text: quoted, or a word that is neither number, true/false nor null.</summary>
    public string Text()
    {
        if (node is { Kind: YamlKind.Scalar, Scalar: YamlScalar.Text }) return node.Text;
        var fix = node.Kind == YamlKind.Scalar && !node.IsNull ? $"; put quotes around it: \"{node.Text}\"" : "";
        Fail($"must be text, is {node.Describe()}{fix}");
        return "";
    }

    public ValueList<string> Texts() => List().Select(item => item.Text()).ToValueList();

    /// <summary>Null for an empty value; an empty list is kept apart from it only where the file's format does.</summary>
    public ValueList<string>? TextsOrNull() => IsNull ? null : Texts();

    public bool Boolean()
    {
        if (node is { Kind: YamlKind.Scalar, Scalar: YamlScalar.Boolean }) return node.Text[0] is 't' or 'T';
        Fail($"must be true or false, is {node.Describe()}");
        return false;
    }

    /// <summary>A whole number in plain digits.</summary>
    public long Integer(long min, long max)
    {
        if (node is { Kind: YamlKind.Scalar, Scalar: YamlScalar.Integer }
            && long.TryParse(node.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value)
            && value >= min && value <= max) return value;
        var quoted = node is { Kind: YamlKind.Scalar, Scalar: YamlScalar.Text } && node.Text.Length > 0 && node.Text.All(char.IsAsciiDigit) ? "; remove the quotes" : "";
        Fail(string.Create(CultureInfo.InvariantCulture, $"must be a whole number of {min} to {max}, is {node.Describe()}{quoted}"));
        return min;
    }

    /// <summary>One of a few words.</summary>
    public string OneOf(params string[] words)
    {
        var text = Text();
        if (text.Length > 0 && words.Contains(text)) return text;
        if (node is { Kind: YamlKind.Scalar, Scalar: YamlScalar.Text }) Fail($"must be one of {string.Join(", ", words)}; is {node.Describe()}");
        return words[0];
    }

    private SdlField Child(YamlMember member) => new(member.Value, PathOf(member.Key), problems);

    private string PathOf(string key)
    {
        var name = key.Length > MaxNameInPath ? string.Concat(key.AsSpan(0, MaxNameInPath), "…") : key;
        return path.Length == 0 ? name : $"{path}.{name}";
    }
}

/// <summary>The members of a mapping.</summary>
internal sealed class SdlMap(SdlField self, Dictionary<string, SdlField> members)
{
    public IReadOnlyDictionary<string, SdlField> Members => members;

    public SdlField Self => self;

    /// <summary>False when the member is absent.</summary>
    public bool Has(string name, out SdlField field) => members.TryGetValue(name, out field);

    /// <summary>As <see cref="Has"/>, but notes the problem when the member is absent.</summary>
    public bool Require(string name, string example, out SdlField field)
    {
        if (members.TryGetValue(name, out field)) return true;
        if (self.Node.Kind == YamlKind.Mapping) self.Fail($"'{name}' is missing; add for example {name}: {example}");
        return false;
    }
}
