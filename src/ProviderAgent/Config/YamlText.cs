using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace ProviderAgent.Config;

/// <summary>Reads a YAML document into <see cref="ConfigNode"/>s over the event stream, which bounds depth and size as it goes.</summary>
/// <remarks>YamlDotNet's own tree loaders can overflow the stack on a few hundred bytes of nesting, which no handler can catch.</remarks>
internal sealed class YamlText
{
    private const int MaxBytes = 256 * 1024;
    private const int MaxDepth = 32;
    private const int MaxNodes = 20_000;

    private readonly Parser _parser;
    private readonly string _name;
    private readonly List<ConfigProblem> _problems;
    private int _nodes;

    private YamlText(string text, string name, List<ConfigProblem> problems)
    {
        _parser = new Parser(new Scanner(new StringReader(text), skipComments: true));
        _name = name;
        _problems = problems;
    }

    /// <summary>Reads <paramref name="text"/>. Mistakes go to <paramref name="problems"/>; what could be read is returned.</summary>
    /// <param name="text">The document.</param>
    /// <param name="name">Name shown in messages, usually the file's.</param>
    /// <param name="problems">Collects mistakes.</param>
    public static ConfigNode? Read(string text, string name, List<ConfigProblem> problems)
    {
        if (text.Length > MaxBytes)
        {
            problems.Add(new(name, "", $"is larger than {MaxBytes / 1024} KiB; that is no configuration"));
            return null;
        }

        var reader = new YamlText(text, name, problems);
        try
        {
            return reader.Document();
        }
        catch (YamlException error)
        {
            problems.Add(new(reader.Place(error.Start), "", error.Message));
            return null;
        }
    }

    private ConfigNode? Document()
    {
        Next();
        if (_parser.Current is not StreamStart) throw new YamlException("not a YAML document");
        Next();
        if (_parser.Current is StreamEnd) return null;
        Next();
        var root = Node(depth: 0, key: "");
        Next();
        if (_parser.Current is DocumentEnd) Next();
        if (_parser.Current is not StreamEnd) _problems.Add(new(Place(_parser.Current!.Start), "", "only one YAML document is allowed"));
        return root;
    }

    /// <summary>Reads the node that the parser stands on; afterwards it stands on the node's last event.</summary>
    private ConfigNode Node(int depth, string key)
    {
        var current = _parser.Current ?? throw new YamlException("the document ends too early");
        if (depth > MaxDepth) throw new YamlException(current.Start, current.End, $"nested deeper than {MaxDepth} levels");
        if (++_nodes > MaxNodes) throw new YamlException(current.Start, current.End, $"more than {MaxNodes} values");
        switch (current)
        {
            case Scalar scalar:
                var plain = scalar.Style is ScalarStyle.Plain;
                return new ConfigNode.Scalar(Place(scalar.Start), scalar.Value, plain && scalar.Value is "" or "~" or "null");
            case SequenceStart start:
                var items = new List<ConfigNode>();
                for (Next(); _parser.Current is not SequenceEnd; Next()) items.Add(Node(depth + 1, $"{key}[{items.Count}]"));
                return new ConfigNode.List(Place(start.Start), items);
            case MappingStart start:
                return Map(start, depth, key);
            default:
                throw new YamlException(current.Start, current.End, "unexpected YAML construct");
        }
    }

    private ConfigNode.Map Map(MappingStart start, int depth, string key)
    {
        var entries = new List<ConfigEntry>();
        for (Next(); _parser.Current is not MappingEnd; Next())
        {
            if (_parser.Current is not Scalar name) throw new YamlException(_parser.Current!.Start, _parser.Current.End, "a key must be plain text");
            var place = Place(name.Start);
            var path = key.Length == 0 ? name.Value : $"{key}.{name.Value}";
            Next();
            var value = Node(depth + 1, path);
            if (entries.Any(entry => entry.Key == name.Value)) _problems.Add(new(place, path, "is given twice"));
            else entries.Add(new(name.Value, place, value));
        }

        return new(Place(start.Start), entries);
    }

    private void Next()
    {
        var last = _parser.Current?.End ?? Mark.Empty;
        try
        {
            if (!_parser.MoveNext()) throw new YamlException(last, last, "the document ends too early");
        }
        catch (InvalidOperationException error)
        {
            // The scanner also says so of some malformed input, for example of a bracket that is never closed.
            throw new YamlException(last, last, "malformed after this point; is a bracket or quote left open?", error);
        }

        if (_parser.Current is AnchorAlias or NodeEvent { Anchor.IsEmpty: false })
            throw new YamlException(_parser.Current.Start, _parser.Current.End, "anchors and aliases are not supported; write the value out");
    }

    private string Place(Mark mark) => $"{_name}:{mark.Line}:{mark.Column}";
}
