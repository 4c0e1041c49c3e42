using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Manifests;

/// <summary>Reads one value of the document; <paramref name="current"/> is what stands there if the value is null.</summary>
internal delegate T JsonRead<T>(ref JsonInput input, T current);

/// <summary>A JSON reader with the market's rules for members: names without regard to case, unknown ones skipped, of duplicates the last wins, null leaves a value as it was.</summary>
/// <remarks>Knows the path of the value at hand, so that every problem names its place.</remarks>
internal ref struct JsonInput
{
    private readonly ManifestLimits _limits;
    private readonly Stack<string> _path = new();
    private Utf8JsonReader _reader;
    private int _items;

    public JsonInput(ReadOnlySpan<byte> json, ManifestLimits limits)
    {
        _limits = limits;
        _reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = limits.MaxDepth });
    }

    public readonly string Path
    {
        get
        {
            var text = new StringBuilder();
            foreach (var part in _path.Reverse())
            {
                if (text.Length > 0 && part[0] != '[') text.Append('.');
                text.Append(part);
            }

            return text.ToString();
        }
    }

    public readonly bool IsNull => _reader.TokenType == JsonTokenType.Null;

    /// <summary>Reads the whole document with <paramref name="read"/>; nothing may follow it.</summary>
    public T Document<T>(JsonRead<T> read, T empty)
    {
        try
        {
            Next();
            var value = read(ref this, empty);
            if (_reader.Read()) throw new ManifestException("", "something follows the manifest; send one JSON document");
            return value;
        }
        catch (JsonException e)
        {
            throw new ManifestException(Path, $"the JSON is malformed, cut off or nested too deeply at line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}", e);
        }
    }

    /// <summary>Reads an object member by member: <paramref name="member"/> gets each known name and returns the object with that member set.</summary>
    /// <param name="names">The known names as they are written.</param>
    /// <param name="current">Returned for null; where a member comes twice, the one before.</param>
    /// <param name="member">Has to read the value.</param>
    public T Object<T>(string[] names, T current, JsonMember<T> member)
    {
        if (IsNull) return current;
        Expect(JsonTokenType.StartObject, "an object");
        while (Next() != JsonTokenType.EndObject)
        {
            var name = KnownName(names);
            Next();
            if (name is null)
            {
                _reader.Skip();
                continue;
            }

            _path.Push(name);
            current = member(ref this, name, current);
            _path.Pop();
        }

        return current;
    }

    /// <summary>Null for null, else the elements.</summary>
    public ValueList<T>? List<T>(int limit, JsonRead<T> read, T empty)
    {
        if (IsNull) return null;
        Expect(JsonTokenType.StartArray, "a list");
        var items = new List<T>();
        while (Next() != JsonTokenType.EndArray)
        {
            if (items.Count == limit) throw Problem($"has more than {limit} entries");
            if (++_items > _limits.MaxItems) throw new ManifestException("", $"the manifest has more than {_limits.MaxItems} list entries");
            _path.Push($"[{items.Count}]");
            items.Add(read(ref this, empty));
            _path.Pop();
        }

        return ValueList.Create<T>([.. items]);
    }

    /// <inheritdoc cref="List{T}(int, JsonRead{T}, T)"/>
    public ValueList<T>? List<T>(JsonRead<T> read, T empty) => List(_limits.MaxListItems, read, empty);

    public ValueList<string>? Texts() => List(static (ref JsonInput input, string current) => input.Text(current), "");

    public string Text(string current)
    {
        if (IsNull) return current;
        Expect(JsonTokenType.String, "text");
        if (_reader.ValueSpan.Length > _limits.MaxTextBytes) throw Problem($"is longer than {_limits.MaxTextBytes} bytes");
        return JsonText.Decode(_reader.ValueSpan, _reader.ValueIsEscaped);
    }

    public bool Boolean(bool current) => _reader.TokenType switch
    {
        JsonTokenType.Null => current,
        JsonTokenType.True => true,
        JsonTokenType.False => false,
        _ => throw Expected("true or false"),
    };

    /// <summary>A whole number of 0 to 4294967295, without fraction, exponent or sign.</summary>
    public uint UInt32(uint current)
    {
        if (IsNull) return current;
        Expect(JsonTokenType.Number, "a number");
        return Utf8Parser.TryParse(_reader.ValueSpan, out uint value, out var used) && used == _reader.ValueSpan.Length
            ? value
            : throw Problem("must be a whole number of 0 to 4294967295");
    }

    /// <summary>A whole number written as text in its shortest form, as amounts of resources are.</summary>
    public long Amount()
    {
        Expect(JsonTokenType.String, "a whole number in quotes");
        var text = _reader.ValueSpan;
        return text.Length > 0 && char.IsAsciiDigit((char)text[0]) && (text[0] != '0' || text.Length == 1)
            && Utf8Parser.TryParse(text, out long value, out var used) && used == text.Length
            ? value
            : throw Problem($"must be a whole number of 0 to {long.MaxValue} in quotes, without sign or leading zero");
    }

    public readonly ManifestException Problem(string problem) => new(Path, problem);

    private JsonTokenType Next()
    {
        _reader.Read(); // throws at the end of the input while a value is open
        return _reader.TokenType;
    }

    private readonly void Expect(JsonTokenType type, string what)
    {
        if (_reader.TokenType != type) throw Expected(what);
    }

    private readonly ManifestException Expected(string what) => Problem($"must be {what}, is {_reader.TokenType switch
    {
        JsonTokenType.StartObject => "an object",
        JsonTokenType.StartArray => "a list",
        JsonTokenType.String => "text",
        JsonTokenType.Number => "a number",
        JsonTokenType.True or JsonTokenType.False => "true or false",
        _ => "null",
    }}");

    private readonly string? KnownName(string[] names)
    {
        if (_reader.ValueSpan.Length > 256) return null; // longer than any known name, even if all of it is escaped
        var text = JsonText.Decode(_reader.ValueSpan, _reader.ValueIsEscaped);
        foreach (var name in names)
        {
            if (SameName(name, text)) return name;
        }

        return null;
    }

    private static bool SameName(string left, string right)
    {
        if (left.Length != right.Length) return false;
        for (var i = 0; i < left.Length; i++)
        {
            if (JsonText.Fold(left[i]) != JsonText.Fold(right[i])) return false;
        }

        return true;
    }
}

/// <summary>Reads the value of the member <paramref name="name"/> and returns the object with it.</summary>
internal delegate T JsonMember<T>(ref JsonInput input, string name, T current);
