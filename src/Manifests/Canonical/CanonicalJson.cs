using System.Buffers;
using System.Buffers.Text;
using System.Text;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Manifests;

/// <summary>Writes JSON byte for byte as the market's hash expects it: no white space, and the escapes of Go's encoder. Members must be written in bytewise order of their names.</summary>
internal sealed class CanonicalJson
{
    private readonly ArrayBufferWriter<byte> _out = new(4096);
    private bool _first = true;

    public byte[] ToArray() => _out.WrittenSpan.ToArray();

    public void BeginObject() => Open('{');

    public void EndObject() => Close('}');

    public void BeginArray() => Open('[');

    public void EndArray() => Close(']');

    /// <summary>Starts a member; its value has to follow.</summary>
    /// <param name="name">ASCII without anything to escape.</param>
    public void Name(string name)
    {
        Separate();
        Byte('"');
        _out.Advance(Encoding.ASCII.GetBytes(name, _out.GetSpan(name.Length)));
        Byte('"');
        Byte(':');
        _first = true;
    }

    public void Null() => Literal("null"u8);

    public void Boolean(bool value) => Literal(value ? "true"u8 : "false"u8);

    public void Number(uint value)
    {
        Separate();
        Utf8Formatter.TryFormat(value, _out.GetSpan(10), out var used);
        _out.Advance(used);
    }

    public void Text(string value)
    {
        Separate();
        Byte('"');
        foreach (var rune in value.EnumerateRunes()) // a lone surrogate comes as U+FFFD
        {
            switch (rune.Value)
            {
                case '"':
                    Raw("\\\""u8);
                    break;
                case '\\':
                    Raw("\\\\"u8);
                    break;
                case '\b':
                    Raw("\\b"u8);
                    break;
                case '\f':
                    Raw("\\f"u8);
                    break;
                case '\n':
                    Raw("\\n"u8);
                    break;
                case '\r':
                    Raw("\\r"u8);
                    break;
                case '\t':
                    Raw("\\t"u8);
                    break;
                case < 0x20 or '<' or '>' or '&' or 0x2028 or 0x2029:
                    Escape((char)rune.Value);
                    break;
                default:
                    _out.Advance(rune.EncodeToUtf8(_out.GetSpan(4)));
                    break;
            }
        }

        Byte('"');
    }

    public void Text(string name, string value)
    {
        Name(name);
        Text(value);
    }

    public void Number(string name, uint value)
    {
        Name(name);
        Number(value);
    }

    public void Boolean(string name, bool value)
    {
        Name(name);
        Boolean(value);
    }

    public void Texts(string name, ValueList<string>? values)
    {
        Name(name);
        List(values, static (inner, value) => inner.Text(value));
    }

    /// <summary>An array; null is written as such.</summary>
    public void List<T>(ValueList<T>? values, Action<CanonicalJson, T> write)
    {
        if (values is not { } items)
        {
            Null();
            return;
        }

        BeginArray();
        foreach (var item in items) write(this, item);
        EndArray();
    }

    private void Open(char bracket)
    {
        Separate();
        Byte(bracket);
        _first = true;
    }

    private void Close(char bracket)
    {
        Byte(bracket);
        _first = false;
    }

    private void Literal(ReadOnlySpan<byte> value)
    {
        Separate();
        Raw(value);
    }

    private void Separate()
    {
        if (!_first) Byte(',');
        _first = false;
    }

    private void Escape(char c)
    {
        Raw("\\u"u8);
        for (var shift = 12; shift >= 0; shift -= 4) Byte("0123456789abcdef"[(c >> shift) & 0xF]);
    }

    private void Raw(ReadOnlySpan<byte> bytes) => _out.Write(bytes);

    private void Byte(char c)
    {
        _out.GetSpan(1)[0] = (byte)c;
        _out.Advance(1);
    }
}
