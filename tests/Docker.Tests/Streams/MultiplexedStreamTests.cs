using System.Buffers.Binary;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Target = ProviderAgent.Docker.MultiplexedStream.TargetStream;

namespace ProviderAgent.Docker.Tests.Streams;

public sealed class MultiplexedStreamTests
{
    [Fact]
    public void ReadOutput_FramesCutAnywhere_GivesTheSameBytes() =>
        Prop.ForAll<Tuple<bool, byte[]>[], int[]>((frames, cuts) =>
        {
            var wire = frames.SelectMany(frame => Frame(frame.Item1 ? Target.StandardError : Target.StandardOut, frame.Item2)).ToArray();
            using var stdout = new MemoryStream();
            using var stderr = new MemoryStream();
            using var stream = new MultiplexedStream(new SplittingStream(wire, cuts), multiplexed: true);

            stream.CopyOutputToAsync(Stream.Null, stdout, stderr, default).GetAwaiter().GetResult();

            Assert.Equal(frames.Where(frame => !frame.Item1).SelectMany(frame => frame.Item2), stdout.ToArray());
            Assert.Equal(frames.Where(frame => frame.Item1).SelectMany(frame => frame.Item2), stderr.ToArray());
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void ReadOutput_FramesCutAnywhere_MarksEachFramesEndOnce() =>
        Prop.ForAll<NonEmptyArray<byte>[], int[]>((payloads, cuts) =>
        {
            var wire = payloads.SelectMany(payload => Frame(Target.StandardOut, payload.Get)).ToArray();
            using var stream = new MultiplexedStream(new SplittingStream(wire, cuts), multiplexed: true);
            var ends = 0;
            while (Read() is { EOF: false } read) ends += read.EndsFrame ? 1 : 0;
            MultiplexedStream.ReadResult Read() => stream.ReadOutputAsync(new byte[7].AsMemory(), default).AsTask().GetAwaiter().GetResult();

            Assert.Equal(payloads.Length, ends);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public async Task ReadOutput_Terminal_GivesRawBytes()
    {
        using var stream = new MultiplexedStream(new MemoryStream([1, 0, 0, 0, 0, 0, 0, 9, 65]), multiplexed: false);

        var read = await stream.ReadOutputAsync(new byte[100], 0, 100, default);

        Assert.Equal(new MultiplexedStream.ReadResult(9, Target.StandardOut, EndsFrame: false), read);
    }

    [Theory]
    [InlineData(new byte[] { 1, 0, 0 })] // in the header
    [InlineData(new byte[] { 1, 0, 0, 0, 0, 0, 0, 5, 65 })] // in the payload
    [InlineData(new byte[] { 4, 0, 0, 0, 0, 0, 0, 1, 65 })] // no such stream
    [InlineData(new byte[] { 1, 0, 1, 0, 0, 0, 0, 1, 65 })] // no zeros
    [InlineData(new byte[] { 104, 101, 108, 108, 111, 13, 10, 10 })] // text of a terminal
    public async Task ReadOutput_BytesAreNoFrames_IsAProtocolFault(byte[] wire)
    {
        using var stream = new MultiplexedStream(new MemoryStream(wire), multiplexed: true);

        await Assert.ThrowsAsync<EngineProtocolException>(() => stream.CopyOutputToAsync(Stream.Null, Stream.Null, Stream.Null, default));
    }

    [Fact]
    public async Task ReadOutput_EngineFailsInsideTheStream_ThrowsItsWords()
    {
        byte[] wire = [.. Frame(Target.StandardOut, "ok"u8.ToArray()), .. Frame(Target.SystemError, "the daemon\nis lost"u8.ToArray())];
        using var stream = new MultiplexedStream(new SplittingStream(wire, [3]), multiplexed: true);

        var e = await Assert.ThrowsAsync<DockerStreamException>(() => stream.ReadOutputToEndAsync(default));

        Assert.Equal("the daemon is lost", e.ResponseBody);
    }

    [Fact]
    public async Task ReadOutput_HugeSystemError_KeepsLittle()
    {
        var header = new byte[8];
        header[0] = 3;
        BinaryPrimitives.WriteUInt32BigEndian(header.AsSpan(4), uint.MaxValue);
        using var stream = new MultiplexedStream(new MemoryStream([.. header, .. Encoding.ASCII.GetBytes(new string('x', 50_000))]), multiplexed: true);

        var e = await Assert.ThrowsAsync<DockerStreamException>(() => stream.ReadOutputToEndAsync(default));

        Assert.True(e.ResponseBody.Length < 5000);
    }

    [Fact]
    public async Task ReadOutputToEnd_TooMuch_IsGivenUp()
    {
        using var stream = new MultiplexedStream(new SplittingStream(new byte[17 * 1024 * 1024], []), multiplexed: false);

        await Assert.ThrowsAsync<EngineProtocolException>(() => stream.ReadOutputToEndAsync(default));
    }

    [Fact]
    public async Task CloseWrite_LogStream_IsNotSupported()
    {
        using var stream = new MultiplexedStream(new MemoryStream(), multiplexed: true);

        await Assert.ThrowsAsync<NotSupportedException>(() => stream.CloseWriteAsync(default).AsTask());
    }

    internal static byte[] Frame(Target target, byte[] payload)
    {
        var frame = new byte[8 + payload.Length];
        frame[0] = (byte)target;
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(4), payload.Length);
        payload.CopyTo(frame, 8);
        return frame;
    }
}
