using System.Text.Json;

namespace ProviderAgent.Inventory;

/// <summary>Takes the probe's output apart into lines. Bounded: a line that is too long, or is none of ours, is a broken probe.</summary>
internal sealed class ProbeLineReader(Stream stream)
{
    private byte[] _buffer = new byte[8 * 1024];
    private int _length;
    private int _scanned;

    /// <summary>The next line; null at the end.</summary>
    /// <exception cref="GpuProbeException">The output makes no sense, or broke off.</exception>
    public async ValueTask<ProbeLine?> ReadAsync(CancellationToken ct)
    {
        while (true)
        {
            var at = Array.IndexOf(_buffer, (byte)'\n', _scanned, _length - _scanned);
            if (at >= 0)
            {
                var line = Parse(_buffer.AsSpan(0, at));
                _length -= at + 1;
                _buffer.AsSpan(at + 1, _length).CopyTo(_buffer);
                _scanned = 0;
                return line;
            }

            _scanned = _length;
            if (_length >= ProbeLine.MaxBytes) throw new GpuProbeException($"the probe sent a line of more than {ProbeLine.MaxBytes} bytes");
            if (_length == _buffer.Length) Array.Resize(ref _buffer, Math.Min(_buffer.Length * 2, ProbeLine.MaxBytes));
            int read;
            try
            {
                read = await stream.ReadAsync(_buffer.AsMemory(_length), ct);
            }
            catch (IOException error)
            {
                throw new GpuProbeException($"the probe's output broke off: {error.Message}", error);
            }

            if (read == 0) return null;
            _length += read;
        }
    }

    private static ProbeLine Parse(ReadOnlySpan<byte> line)
    {
        try
        {
            return JsonSerializer.Deserialize(line, ProbeJson.Default.ProbeLine) ?? throw new GpuProbeException("the probe sent an empty line");
        }
        catch (JsonException error)
        {
            throw new GpuProbeException($"the probe sent something that is not one of its lines: {error.Message}", error);
        }
    }
}
