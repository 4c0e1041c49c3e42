using System.Text;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace ProviderAgent.Manifests;

/// <summary>Reads one YAML document into nodes without recursion and within <see cref="YamlLimits"/>.</summary>
/// <remarks>
/// Built on the parser's events. The library's own loaders recurse without limit, so that 20 bytes can overflow the stack; they are
/// not used. Anchors, aliases and merge keys are understood; an alias counts as what it stands for, and may not stand inside itself.
/// </remarks>
internal sealed class YamlTree
{
    private readonly Dictionary<string, YamlNode?> _anchors = new(StringComparer.Ordinal);
    private readonly Stack<Open> _open = new();
    private YamlNode? _root;
    private int _nodes;

    /// <exception cref="SdlException">The bytes are not one document of plain YAML, or beyond the limits.</exception>
    public static YamlNode Read(ReadOnlySpan<byte> utf8)
    {
        var text = Decode(utf8);
        var parser = new Parser(new Scanner(new StringReader(text), skipComments: true));
        var tree = new YamlTree();
        var documents = 0;
        while (MoveNext(parser))
        {
            if (parser.Current is DocumentStart && ++documents > 1) throw Problem(parser.Current.Start, "the file has more than one document; keep one");
            tree.Take(parser.Current);
        }

        return tree._root ?? throw new SdlException([new(0, 0, "", "the file is empty")]);
    }

    private static bool MoveNext(Parser parser)
    {
        try
        {
            return parser.MoveNext();
        }
        catch (YamlException e)
        {
            throw new SdlException([At(e.Start, $"not valid YAML: {e.Message}")], e);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // The library also fails with InvalidOperationException and others on some malformed documents. It holds no state of ours.
            throw new SdlException([At(parser.Current?.End ?? Mark.Empty, "not valid YAML after this place")], e);
        }
    }

    private static string Decode(ReadOnlySpan<byte> utf8)
    {
        if (utf8.Length > YamlLimits.MaxBytes) throw new SdlException([new(0, 0, "", $"the file is larger than {YamlLimits.MaxBytes} bytes")]);
        if (utf8.StartsWith("\uFEFF"u8)) utf8 = utf8[3..];
        string text;
        try
        {
            text = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(utf8);
        }
        catch (DecoderFallbackException e)
        {
            throw new SdlException([new(0, 0, "", $"the file is not UTF-8 text (byte {e.Index + 1}); save it as UTF-8")], e);
        }

        var line = 1;
        var start = 0;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '\n') (line, start) = (line + 1, i + 1);
            if (IsForbidden(text[i])) throw new SdlException([new(line, i - start + 1, "", $"control character U+{(int)text[i]:X4} is not allowed; remove it")]);
        }

        return text;
    }

    private static bool IsForbidden(char c) =>
        c is (< ' ' and not ('\t' or '\n' or '\r')) or (>= '\u007F' and <= '\u009F' and not '\u0085') or '\uFEFF' or '\uFFFE' or '\uFFFF';

    private void Take(ParsingEvent? current)
    {
        switch (current)
        {
            case MappingStart or SequenceStart:
                if (_open.Count >= YamlLimits.MaxDepth) throw Problem(current.Start, $"nested more than {YamlLimits.MaxDepth} levels deep");
                var container = (NodeEvent)current;
                CheckTag(container);
                Count(container.Start, 1);
                if (!container.Anchor.IsEmpty) _anchors[container.Anchor.Value] = null; // known, but not to be used before its end
                _open.Push(new(container, current is MappingStart));
                break;
            case MappingEnd or SequenceEnd:
                var done = _open.Pop();
                Add(done.Start.Start, done.Start.Anchor, done.Close());
                break;
            case Scalar scalar:
                CheckTag(scalar);
                Count(scalar.Start, 1);
                Add(scalar.Start, scalar.Anchor, new YamlNode
                {
                    Kind = YamlKind.Scalar,
                    Line = Line(scalar.Start),
                    Column = Column(scalar.Start),
                    Text = scalar.Value,
                    Scalar = scalar.Tag.IsEmpty ? YamlScalars.Classify(scalar.Value, scalar.Style) : YamlScalar.Text,
                });
                break;
            case AnchorAlias alias:
                if (!_anchors.TryGetValue(alias.Value.Value, out var node)) throw Problem(alias.Start, $"there is no anchor '{alias.Value}' before this alias");
                if (node is null) throw Problem(alias.Start, $"the alias '{alias.Value}' stands inside its own anchor");
                if (_open.Count + node.Depth > YamlLimits.MaxDepth) throw Problem(alias.Start, $"nested more than {YamlLimits.MaxDepth} levels deep");
                Count(alias.Start, node.Size);
                Add(alias.Start, AnchorName.Empty, node);
                break;
            default:
                break; // stream and document marks, comments
        }
    }

    private void Add(Mark place, AnchorName anchor, YamlNode node)
    {
        if (!anchor.IsEmpty) _anchors[anchor.Value] = node;
        if (_open.TryPeek(out var parent)) parent.Add(place, node);
        else _root = node;
    }

    private void Count(Mark place, int nodes)
    {
        _nodes += nodes; // both at most MaxNodes, so the sum cannot overflow
        if (_nodes > YamlLimits.MaxNodes) throw Problem(place, $"more than {YamlLimits.MaxNodes} values, aliases written out");
    }

    private static void CheckTag(NodeEvent node)
    {
        if (!node.Tag.IsEmpty && !(node is Scalar && node.Tag.Value is "tag:yaml.org,2002:str" or "!")) throw Problem(node.Start, "tags are not supported; remove it");
    }

    private static int Line(Mark mark) => (int)mark.Line;

    private static int Column(Mark mark) => (int)mark.Column;

    private static SdlException Problem(Mark mark, string message) => new([At(mark, message)]);

    private static SdlProblem At(Mark mark, string message) => new(Line(mark), Column(mark), "", message);

    /// <summary>A mapping or list whose end has not come yet.</summary>
    private sealed class Open(NodeEvent start, bool isMapping)
    {
        private readonly List<YamlNode> _items = [];
        private readonly List<YamlMember> _members = [];
        private readonly Dictionary<string, (int Index, bool Merged)> _keys = new(StringComparer.Ordinal);
        private YamlNode? _key;
        private int _size = 1;
        private int _depth;

        public NodeEvent Start => start;

        public void Add(Mark place, YamlNode node)
        {
            _size += node.Size;
            _depth = Math.Max(_depth, node.Depth);
            if (!isMapping)
            {
                _items.Add(node);
            }
            else if (_key is null)
            {
                _key = node.Kind == YamlKind.Scalar ? node : throw Problem(place, "a key must be a single word or text");
            }
            else
            {
                if (_key.Text == "<<") Merge(place, node);
                else AddMember(_key, node);
                _key = null;
            }
        }

        public YamlNode Close() => new()
        {
            Kind = isMapping ? YamlKind.Mapping : YamlKind.Sequence,
            Line = Line(start.Start),
            Column = Column(start.Start),
            Items = _items,
            Members = _members,
            Size = _size,
            Depth = _depth + 1,
        };

        private void AddMember(YamlNode key, YamlNode value)
        {
            var member = new YamlMember(key.Text, key, value);
            if (!_keys.TryGetValue(key.Text, out var known))
            {
                _keys[key.Text] = (_members.Count, false);
                _members.Add(member);
                return;
            }

            if (!known.Merged) throw new SdlException([new(key.Line, key.Column, "", $"the key '{key.Text}' stands here twice; remove one")]);
            _keys[key.Text] = (known.Index, false);
            _members[known.Index] = member; // a member of its own goes before a merged one
        }

        private void Merge(Mark place, YamlNode source)
        {
            var sources = source.Kind == YamlKind.Sequence ? source.Items : [source];
            foreach (var mapping in sources)
            {
                if (mapping.Kind != YamlKind.Mapping) throw Problem(place, "the merge key '<<' takes a mapping or a list of mappings");
                foreach (var member in mapping.Members)
                {
                    if (_keys.TryAdd(member.Key, (_members.Count, true))) _members.Add(member);
                }
            }
        }
    }
}
