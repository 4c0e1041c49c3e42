using ProviderAgent.Docker.Models;

namespace ProviderAgent.Docker.Tests.Streams;

public sealed class UploadTests
{
    private static readonly ContainerPathStatParameters Root = new() { Path = "/" };

    [Fact]
    public async Task Extract_Accepted_SendsTheWholeTar()
    {
        await using var engine = new FakeEngine(async exchange =>
        {
            await exchange.ReadUploadAsync();
            await exchange.RespondAsync(200, "");
        });
        using var client = engine.CreateClient();
        var tar = Enumerable.Range(0, 300_000).Select(i => (byte)i).ToArray();

        await client.Containers.ExtractArchiveToContainerAsync("c1", Root, new SplittingStream(tar, [1000, 7]), default);

        var request = Assert.Single(engine.Requests);
        Assert.Equal(tar, request.Body);
        Assert.Equal("application/x-tar", request.Header("Content-Type"));
        Assert.Equal("PUT", request.Method);
    }

    [Fact]
    public async Task Extract_RefusedBeforeTheBody_GivesTheReasonAndSendsNothing()
    {
        await using var engine = FakeEngine.Answering(404, """{"message":"Could not find the file /x in container c1"}""");
        using var client = engine.CreateClient();
        var tar = new MemoryStream(new byte[100]);

        var e = await Assert.ThrowsAsync<DockerApiException>(() => client.Containers.ExtractArchiveToContainerAsync("c1", Root, tar, default));

        Assert.Contains("/x", e.ResponseBody, StringComparison.Ordinal);
        Assert.Equal(0, tar.Position);
    }

    [Fact]
    public async Task Extract_SourceFails_ThrowsTheSourcesFailure()
    {
        await using var engine = new FakeEngine(exchange => exchange.ReadUploadAsync());
        using var client = engine.CreateClient();

        var e = await Assert.ThrowsAsync<InvalidDataException>(() => client.Containers.ExtractArchiveToContainerAsync("c1", Root, new BrokenStream(), default));

        Assert.Equal("the tenant's tar is broken", e.Message);
    }

    [Fact]
    public async Task Extract_SlowSource_IsLimitedByProgressOnly()
    {
        var chunks = new SemaphoreSlim(0);
        await using var engine = new FakeEngine(async exchange =>
        {
            await exchange.ReadUploadAsync(() => chunks.Release());
            await exchange.RespondAsync(200, "");
        });
        var time = new ManualTimeProvider();
        using var client = engine.CreateClient(time);
        using var source = new SteppedStream();

        var upload = client.Containers.ExtractArchiveToContainerAsync("c1", Root, source, default);
        for (var i = 0; i < 5; i++)
        {
            source.Steps.Release();
            await chunks.WaitAsync();
            await source.Asked.WaitAsync(); // asked for more: the deadline has been pushed back
            time.Advance(TimeSpan.FromMinutes(4));
        }

        source.End = true;
        source.Steps.Release();
        await upload;
    }

    [Fact]
    public async Task Extract_NoProgress_EndsAtTheDeadline()
    {
        await using var engine = new FakeEngine(exchange => exchange.ReadUploadAsync());
        var time = new ManualTimeProvider();
        using var client = engine.CreateClient(time);
        using var source = new SteppedStream();

        var upload = client.Containers.ExtractArchiveToContainerAsync("c1", Root, source, default);
        await source.Asked.WaitAsync();
        time.Advance(TimeSpan.FromMinutes(6));

        var e = await Assert.ThrowsAsync<EngineUnavailableException>(() => upload);
        Assert.Equal(EngineUnavailableReason.DeadlinePassed, e.Reason);
    }

    [Theory]
    [InlineData("")]
    [InlineData("X-Docker-Container-Path-Stat: not base64!\r\n")]
    [InlineData("X-Docker-Container-Path-Stat: e30=\r\n")] // {}
    [InlineData("X-Docker-Container-Path-Stat: bnVsbA==\r\n")] // null
    public async Task GetArchive_NoStat_IsAProtocolFault(string header)
    {
        await using var engine = new FakeEngine(exchange => exchange.WriteAsync($"HTTP/1.1 200 OK\r\n{header}Content-Length: 0\r\n\r\n"));
        using var client = engine.CreateClient();

        foreach (var statOnly in new[] { true, false })
        {
            await Assert.ThrowsAsync<EngineProtocolException>(
                () => client.Containers.GetArchiveFromContainerAsync("c1", new GetArchiveFromContainerParameters { Path = "/" }, statOnly, default));
        }
    }

    private sealed class BrokenStream : MemoryStream
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            throw new InvalidDataException("the tenant's tar is broken");
    }

    /// <summary>Gives a byte per step.</summary>
    private sealed class SteppedStream : MemoryStream
    {
        private bool _begun;

        public SemaphoreSlim Steps { get; } = new(0);

        /// <summary>Released at each read after the first; for a first read that gets nothing, at that one.</summary>
        public SemaphoreSlim Asked { get; } = new(0);

        public bool End { get; set; }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (_begun || Steps.CurrentCount == 0) Asked.Release();
            _begun = true;
            await Steps.WaitAsync(cancellationToken);
            if (End) return 0;
            buffer.Span[0] = 1;
            return 1;
        }
    }
}
