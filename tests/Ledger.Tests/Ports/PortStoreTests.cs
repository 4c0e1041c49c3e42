namespace ProviderAgent.Ledger.Tests;

public sealed class PortStoreTests : IDisposable
{
    private static readonly HashSet<int> NoneBusy = [];

    private readonly LedgerFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task Reserve_SameKey_KeepsItsPortOverRestarts()
    {
        int? first;
        await using (var ledger = _fixture.Open())
        {
            await ledger.Ports.ReserveAsync(Key(1, 80), new(30_000, 30_010), NoneBusy, default);
            first = await ledger.Ports.ReserveAsync(Key(1, 81), new(30_000, 30_010), NoneBusy, default);
        }

        await using var again = _fixture.Open();

        Assert.Equal(30_001, first);
        Assert.Equal(30_001, await again.Ports.ReserveAsync(Key(1, 81), new(40_000, 40_010), NoneBusy, default));
    }

    [Fact]
    public async Task Reserve_ManyAtOnce_NeverGivesOnePortTwice()
    {
        await using var ledger = _fixture.Open();
        var range = new PortRange(30_000, 30_099);

        var ports = await Task.WhenAll(Enumerable.Range(0, 150).Select(n => Task.Run(() => ledger.Ports.ReserveAsync(Key((ulong)n % 7 + 1, n + 1), range, NoneBusy, default))));

        var given = ports.OfType<int>().ToList();
        Assert.Equal(Enumerable.Range(30_000, 100), given.Order());
        Assert.Equal(50, ports.Count(port => port is null));
        Assert.Equal(100, (await ledger.Ports.ListAllAsync(default)).Count);
    }

    [Fact]
    public async Task Reserve_OtherProtocol_MayShareTheNumber()
    {
        await using var ledger = _fixture.Open();

        var tcp = await ledger.Ports.ReserveAsync(Key(1, 53), new(30_000, 30_000), NoneBusy, default);
        var udp = await ledger.Ports.ReserveAsync(Key(1, 53) with { Protocol = PortProtocol.Udp }, new(30_000, 30_000), NoneBusy, default);

        Assert.Equal((30_000, 30_000), (tcp, udp));
    }

    [Fact]
    public async Task Reserve_BusyPorts_AreSkipped()
    {
        await using var ledger = _fixture.Open();

        Assert.Equal(30_002, await ledger.Ports.ReserveAsync(Key(1, 80), new(30_000, 30_002), new HashSet<int> { 30_000, 30_001 }, default));
        Assert.Null(await ledger.Ports.ReserveAsync(Key(2, 80), new(30_000, 30_002), new HashSet<int> { 30_000, 30_001 }, default));
    }

    [Fact]
    public async Task Release_LeaseOrPort_FreesExactlyThat()
    {
        await using var ledger = _fixture.Open();
        foreach (var key in new[] { Key(1, 80), Key(1, 81), Key(2, 80) }) await ledger.Ports.ReserveAsync(key, new(30_000, 30_010), NoneBusy, default);

        await ledger.Ports.ReleaseAsync(Key(2, 80), default);
        Assert.Equal([30_000, 30_001], (await ledger.Ports.ListAllAsync(default)).Select(port => port.HostPort));
        await ledger.Ports.ReleaseAsync(Sample.Lease(1), default);
        await ledger.Ports.ReleaseAsync(Sample.Lease(1), default);

        Assert.Empty(await ledger.Ports.ListAllAsync(default));
        Assert.Equal(30_000, await ledger.Ports.ReserveAsync(Key(3, 80), new(30_000, 30_010), NoneBusy, default));
        Assert.Equal([new(Key(3, 80), 30_000)], await ledger.Ports.ListAsync(Sample.Lease(3), default));
    }

    [Theory]
    [InlineData(0, 100, 80)]
    [InlineData(1, 65_536, 80)]
    [InlineData(1, 100, 0)]
    public async Task Reserve_OutOfBounds_IsRefused(int first, int last, int containerPort)
    {
        await using var ledger = _fixture.Open();

        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => ledger.Ports.ReserveAsync(Key(1, containerPort), new(first, last), NoneBusy, default));
    }

    private static PortKey Key(ulong lease, int containerPort) => new(Sample.Lease(lease), "web", containerPort, PortProtocol.Tcp);
}
