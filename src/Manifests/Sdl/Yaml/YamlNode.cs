namespace ProviderAgent.Manifests;

internal enum YamlKind
{
    Scalar,
    Sequence,
    Mapping,
}

/// <summary>What a scalar is by the rules of YAML 1.2.</summary>
internal enum YamlScalar
{
    Text,
    Null,
    Boolean,
    Integer,

    /// <summary>A number that is not written as plain digits.</summary>
    Number,
}

/// <summary>One node of a YAML document, with its place. An aliased node is one object that stands in several places.</summary>
internal sealed class YamlNode
{
    public required YamlKind Kind { get; init; }

    public required int Line { get; init; }

    public required int Column { get; init; }

    /// <summary>Of a scalar.</summary>
    public string Text { get; init; } = "";

    public YamlScalar Scalar { get; init; }

    /// <summary>Of a sequence.</summary>
    public IReadOnlyList<YamlNode> Items { get; init; } = [];

    /// <summary>Of a mapping: each key once, in the order of the file.</summary>
    public IReadOnlyList<YamlMember> Members { get; init; } = [];

    /// <summary>Nodes in here when every alias is written out, this one included.</summary>
    public int Size { get; init; } = 1;

    /// <summary>Levels in here, this one included.</summary>
    public int Depth { get; init; } = 1;

    public bool IsNull => Kind == YamlKind.Scalar && Scalar == YamlScalar.Null;

    /// <summary>For messages.</summary>
    public string Describe() => Kind switch
    {
        YamlKind.Sequence => "a list",
        YamlKind.Mapping => "a mapping",
        _ => Scalar switch
        {
            YamlScalar.Null => "empty",
            YamlScalar.Text => $"the text '{Shorten(Text)}'",
            YamlScalar.Boolean => Text,
            _ => $"the number {Shorten(Text)}",
        },
    };

    private static string Shorten(string text) => text.Length > 60 ? string.Concat(text.AsSpan(0, 60), "…") : text;
}

internal sealed record YamlMember(string Key, YamlNode KeyNode, YamlNode Value);
