using System.Text;

namespace ProviderAgent.Docker;

/// <summary>Makes lines of log entries: takes the time off each entry and joins the entries that the engine cut a long line into.</summary>
/// <remarks>Pure: bytes in, lines out. With frames an entry is a frame; with a terminal only its line end, or its full length, ends it.</remarks>
/// <param name="tty">True for raw bytes without frames.</param>
/// <param name="maxLineBytes">Longer lines are handed out in pieces.</param>
internal sealed class LogLineAssembler(bool tty, int maxLineBytes)
{
    /// <summary>The engine cuts a line into entries of this many bytes, each with the time of the first.</summary>
    private const int EntryBytes = 16 * 1024;

    /// <summary>A time with nanoseconds and offset has 35 characters.</summary>
    private const int MaxStampBytes = 40;

    private readonly Output _stdout = new(MultiplexedStream.TargetStream.StandardOut, maxLineBytes);
    private readonly Output _stderr = new(MultiplexedStream.TargetStream.StandardError, maxLineBytes);

    /// <summary>Takes what one read brought.</summary>
    /// <param name="target">Where the bytes came from.</param>
    /// <param name="bytes">The bytes.</param>
    /// <param name="endsFrame">True when a frame ends with them; without meaning for a terminal.</param>
    /// <param name="lines">Finished lines are added here.</param>
    /// <exception cref="EngineProtocolException">An entry does not begin with a time.</exception>
    public void Accept(MultiplexedStream.TargetStream target, ReadOnlySpan<byte> bytes, bool endsFrame, List<LogLine> lines)
    {
        var output = target == MultiplexedStream.TargetStream.StandardError ? _stderr : _stdout;
        while (!bytes.IsEmpty)
        {
            if (output.Expects == Expects.Stamp) TakeStamp(output, ref bytes);
            else if (output.Expects == Expects.SameStamp) TakeSameStamp(output, ref bytes, lines);
            else TakeText(output, ref bytes, lines);
        }

        if (!tty && endsFrame) output.EndEntry();
    }

    /// <summary>What is left when the log has ended cleanly: a last line without its end.</summary>
    public void Finish(List<LogLine> lines)
    {
        foreach (var output in new[] { _stdout, _stderr }) output.Flush(lines);
    }

    private static void TakeStamp(Output output, ref ReadOnlySpan<byte> bytes)
    {
        var space = bytes.IndexOf((byte)' ');
        var part = space < 0 ? bytes : bytes[..space];
        if (output.StampLength + part.Length > MaxStampBytes) throw NoTime();
        output.AddToStamp(part);
        bytes = bytes[(space < 0 ? part.Length : space + 1)..];
        if (space < 0) return;
        if (!output.ReadStamp()) throw NoTime();
        output.Expects = Expects.Text;
    }

    /// <summary>With a terminal the next entry of a long line follows without a mark: its time has to be told from text by comparing.</summary>
    private static void TakeSameStamp(Output output, ref ReadOnlySpan<byte> bytes, List<LogLine> lines)
    {
        var expected = output.Stamp;
        while (!bytes.IsEmpty && output.Matched < expected.Length && bytes[0] == expected[output.Matched])
        {
            output.Matched++;
            bytes = bytes[1..];
        }

        if (output.Matched == expected.Length && !bytes.IsEmpty && bytes[0] == ' ')
        {
            bytes = bytes[1..];
        }
        else if (bytes.IsEmpty)
        {
            return;
        }
        else
        {
            output.AddText(expected[..output.Matched], lines); // it was text that began alike
        }

        output.BeginText();
    }

    private void TakeText(Output output, ref ReadOnlySpan<byte> bytes, List<LogLine> lines)
    {
        var room = tty ? EntryBytes - output.EntryLength : int.MaxValue;
        var part = bytes.Length <= room ? bytes : bytes[..room];
        var end = part.IndexOf((byte)'\n');
        if (end >= 0)
        {
            output.AddText(part[..end], lines);
            output.EndLine(tty, lines);
            bytes = bytes[(end + 1)..];
            return;
        }

        output.AddText(part, lines);
        bytes = bytes[part.Length..];
        if (tty && output.EntryLength == EntryBytes) output.ExpectSameStamp();
    }

    private static EngineProtocolException NoTime() => new("An entry of a container's log does not begin with a time; was it opened with timestamps?");

    private enum Expects
    {
        Stamp,
        SameStamp,
        Text,
    }

    private sealed class Output(MultiplexedStream.TargetStream target, int maxLineBytes)
    {
        private readonly byte[] _stamp = new byte[MaxStampBytes];
        private byte[] _line = new byte[256];
        private int _length;
        private bool _open;
        private EngineTime _entryTime;
        private EngineTime _lineTime;

        public Expects Expects { get; set; }

        public int StampLength { get; private set; }

        public int EntryLength { get; private set; }

        public int Matched { get; set; }

        public ReadOnlySpan<byte> Stamp => _stamp.AsSpan(0, StampLength);

        public void AddToStamp(ReadOnlySpan<byte> part)
        {
            part.CopyTo(_stamp.AsSpan(StampLength));
            StampLength += part.Length;
        }

        public bool ReadStamp()
        {
            if (!EngineTime.TryParse(Stamp, out _entryTime)) return false;
            if (!_open) _lineTime = _entryTime;
            _open = true;
            EntryLength = 0;
            return true;
        }

        public void ExpectSameStamp()
        {
            Expects = Expects.SameStamp;
            Matched = 0;
        }

        public void BeginText()
        {
            Expects = Expects.Text;
            EntryLength = 0;
        }

        public void EndEntry()
        {
            Expects = Expects.Stamp;
            StampLength = 0;
        }

        public void AddText(ReadOnlySpan<byte> text, List<LogLine> lines)
        {
            EntryLength += text.Length;
            while (_length + text.Length > maxLineBytes)
            {
                var part = text[..(maxLineBytes - _length)];
                Append(part);
                text = text[part.Length..];
                lines.Add(Take(isPartial: true, _length));
            }

            Append(text);
        }

        public void EndLine(bool terminal, List<LogLine> lines)
        {
            var length = terminal && _length > 0 && _line[_length - 1] == '\r' ? _length - 1 : _length;
            lines.Add(Take(isPartial: false, length));
            _open = false;
            _lineTime = _entryTime; // for a second line in one entry
            if (terminal) EndEntry();
        }

        public void Flush(List<LogLine> lines)
        {
            if (Expects == Expects.SameStamp) AddText(Stamp[..Matched], lines); // it was text after all
            if (_length > 0) lines.Add(Take(isPartial: false, _length));
        }

        private void Append(ReadOnlySpan<byte> text)
        {
            if (_length + text.Length > _line.Length) Array.Resize(ref _line, Math.Min(maxLineBytes, Math.Max(2 * _line.Length, _length + text.Length)));
            text.CopyTo(_line.AsSpan(_length));
            _length += text.Length;
            _open = true;
        }

        private LogLine Take(bool isPartial, int length)
        {
            var line = new LogLine(target, _lineTime, Encoding.UTF8.GetString(_line, 0, length), isPartial);
            _length = 0;
            return line;
        }
    }
}
