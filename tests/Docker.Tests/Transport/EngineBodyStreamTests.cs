namespace ProviderAgent.Docker.Tests.Transport;

public sealed class EngineBodyStreamTests
{
    [Fact]
    public async Task Read_BytesAndDeadlineAtOnce_IsStalledAndNotLost()
    {
        // The platform closes the connection when the deadline fires, even if the read has its bytes already.
        var time = new ManualTimeProvider();
        var inner = new CallbackStream(() => time.Advance(TimeSpan.FromMinutes(2)));
        await using var stream = CreateSut(inner, time);

        await Assert.ThrowsAsync<StreamStalledException>(() => stream.ReadAsync(new byte[1]).AsTask());
    }

    [Fact]
    public async Task Read_EndAndDeadlineAtOnce_IsTheEnd()
    {
        var time = new ManualTimeProvider();
        await using var stream = CreateSut(new CallbackStream(() => time.Advance(TimeSpan.FromMinutes(2)), bytes: 0), time);

        Assert.Equal(0, await stream.ReadAsync(new byte[1]));
    }

    [Fact]
    public async Task Read_PlatformDisposedTheConnection_IsLost()
    {
        await using var stream = CreateSut(new CallbackStream(() => throw new ObjectDisposedException("NetworkStream")), new ManualTimeProvider());

        var e = await Assert.ThrowsAsync<EngineUnavailableException>(() => stream.ReadAsync(new byte[1]).AsTask());
        Assert.Equal(EngineUnavailableReason.ConnectionLost, e.Reason);
    }

    [Fact]
    public async Task Dispose_Twice_ReleasesOnce()
    {
        var owner = new CountingOwner();
        var stream = new EngineBodyStream(new MemoryStream(), owner, Faults(), "test");

        await stream.DisposeAsync();
        stream.Dispose();

        Assert.Equal(1, owner.Count);
    }

    private static EngineFaults Faults() => new(EngineEndpoint.Parse(DockerClientConfiguration.LocalEndpoint, tlsCredentials: false));

    private static EngineBodyStream CreateSut(Stream inner, TimeProvider time) =>
        new(inner, new CountingOwner(), Faults(), "test") { Idle = TimeSpan.FromMinutes(1), Time = time };

    private sealed class CallbackStream(Action callback, int bytes = 1) : MemoryStream
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            callback();
            return ValueTask.FromResult(bytes);
        }
    }

    private sealed class CountingOwner : IDisposable
    {
        public int Count { get; private set; }

        public void Dispose() => Count++;
    }
}
