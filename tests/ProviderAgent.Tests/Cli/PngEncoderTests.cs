using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using ProviderAgent.Cli.Plots;

namespace ProviderAgent.ProviderAgent.Tests.Cli;

public sealed class PngEncoderTests
{
    [Fact]
    public void Encode_Picture_ReadsBackAsItWas()
    {
        byte[] pixels = [.. Enumerable.Range(0, 3 * 5 * 4).Select(i => (byte)(i * 7))];

        var chunks = Chunks(PngEncoder.Encode(5, 4, pixels));

        Assert.Equal(["IHDR", "IDAT", "IEND"], chunks.Select(chunk => chunk.Type));
        Assert.Equal([0, 0, 0, 5, 0, 0, 0, 4, 8, 2, 0, 0, 0], chunks[0].Data);
        Assert.Equal(0xAE426082, chunks[2].Crc); // of an empty IEND, as in every such file
        using var zlib = new ZLibStream(new MemoryStream(chunks[1].Data), CompressionMode.Decompress);
        using var rows = new MemoryStream();
        zlib.CopyTo(rows);
        Assert.Equal(pixels, rows.ToArray().Chunk(16).SelectMany(row => row.Skip(1)));
    }

    [Theory]
    [InlineData(0, 1, 0)]
    [InlineData(2, 2, 11)]
    public void Encode_WrongSize_IsRefused(int width, int height, int bytes) => Assert.Throws<ArgumentOutOfRangeException>(() => PngEncoder.Encode(width, height, new byte[bytes]));

    [Fact]
    public void Draw_OutsideAndText_TouchesOnlyWhatIsInside()
    {
        var canvas = new Canvas(40, 20, new(255, 255, 255));
        canvas.Line(-50, -50, 100, 100, new(1, 2, 3));
        canvas.Text(30, 15, "Wide text with an ü", new(0, 0, 0));

        Assert.Equal(3 * 40 * 20, canvas.Pixels.Length);
        Assert.Equal([1, 2, 3], canvas.Pixels.Slice(3 * ((10 * 40) + 10), 3).ToArray());
    }

    private static List<(string Type, byte[] Data, uint Crc)> Chunks(byte[] file)
    {
        var chunks = new List<(string, byte[], uint)>();
        for (var at = 8; at < file.Length;)
        {
            var length = BinaryPrimitives.ReadInt32BigEndian(file.AsSpan(at));
            chunks.Add((Encoding.ASCII.GetString(file, at + 4, 4), file[(at + 8)..(at + 8 + length)], BinaryPrimitives.ReadUInt32BigEndian(file.AsSpan(at + 8 + length))));
            at += 12 + length;
        }

        return chunks;
    }
}
