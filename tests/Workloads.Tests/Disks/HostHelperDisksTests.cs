using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;

namespace ProviderAgent.Workloads.Tests.Disks;

/// <summary>The daemon's way to the helper and back: every argument and every answer over a real socket.</summary>
public sealed class HostHelperDisksTests : IAsyncLifetime
{
    private readonly TempFolder _folder = new();
    private readonly ScriptedDisks _disks = new();
    private readonly CancellationTokenSource _end = new();
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private Task _serving = Task.CompletedTask;

    private string SocketPath => _folder.File("disks.sock");

    private HostHelperDisks Client => new(new(SocketPath, TimeProvider.System, HostHelperClient.DiskUnit));

    public Task InitializeAsync()
    {
        _listener.Bind(new UnixDomainSocketEndPoint(SocketPath));
        _listener.Listen();
        // Whoever runs the tests may ask.
        var server = new HostHelperServer(DiskVerbs.All(_disks), [OwnUser()], TimeProvider.System, NullLogger<HostHelperServer>.Instance);
        _serving = server.RunAsync(_listener, _end.Token);
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        await _end.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _serving);
        _listener.Dispose();
        _end.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task EveryAct_ArrivesAsItWasAsked_AndItsAnswerComesBack()
    {
        var client = Client;

        Assert.Equal("a fix", await client.FindProblemAsync(CancellationToken.None));
        Assert.Equal("/devices/v", await client.EnsureVolumeAsync("s", "v", long.MaxValue, 100_000, create: true, CancellationToken.None));
        Assert.Null(await client.EnsureVolumeAsync("s", "v", 1, 0, create: false, CancellationToken.None));
        await client.RemoveVolumeAsync("s", "v", keep: true, CancellationToken.None);
        await client.RemoveKeptAsync("s", "v.1", CancellationToken.None);
        Assert.Equal("/mounts/k", await client.EnsureLayerAsync("s", "k", 5, 7, 3, create: true, CancellationToken.None));
        await client.CoverLayerAsync("s", "k", "layer", CancellationToken.None);
        Assert.True(await client.IsLayerUsedAsync("s", "k", 4711, CancellationToken.None));
        await client.RemoveLayerAsync("s", "k", CancellationToken.None);
        Assert.Equal(ScriptedDisks.Disks, await client.ListAsync("s", CancellationToken.None));

        Assert.Equal(
            ["volume s v 9223372036854775807 100000 True", "volume s v 1 0 False", "remove s v True", "kept s v.1", "layer s k 5 7 3 True", "cover s k layer", "used s k 4711", "remove-layer s k", "list s"],
            _disks.Asked);
    }

    [Fact]
    public async Task Refusal_ComesBackAsWords()
    {
        _disks.Refusal = "the disk has no room";

        Assert.Contains("the disk has no room", (await Assert.ThrowsAsync<DiskException>(() => Client.RemoveLayerAsync("s", "k", CancellationToken.None))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task NoHelper_IsAProblemWithItsFix_AndNeverAnEmptyList()
    {
        var client = new HostHelperDisks(new(_folder.File("nobody.sock"), TimeProvider.System, HostHelperClient.DiskUnit));

        Assert.Contains("provider-agent-disks.socket", await client.FindProblemAsync(CancellationToken.None), StringComparison.Ordinal);
        await Assert.ThrowsAsync<DiskException>(() => client.ListAsync("s", CancellationToken.None));
    }

    private static uint OwnUser() => uint.Parse(
        File.ReadLines("/proc/self/status").First(line => line.StartsWith("Uid:", StringComparison.Ordinal)).Split('\t')[1], System.Globalization.CultureInfo.InvariantCulture);

    private sealed class ScriptedDisks : IHostDisks
    {
        public static readonly HostDisk[] Disks =
        [
            new(HostDiskKind.Volume, "v", 64) { Fill = new(1, 2, 3, 4) },
            new(HostDiskKind.Layer, "k", 128),
            new(HostDiskKind.Kept, "v.1700000000", 64) { KeptSince = DateTimeOffset.FromUnixTimeSeconds(1_700_000_000) },
        ];

        public List<string> Asked { get; } = [];

        public string? Refusal { get; set; }

        public Task<string?> FindProblemAsync(CancellationToken ct) => Task.FromResult<string?>("a fix");

        public Task<string?> EnsureVolumeAsync(string space, string name, long bytes, int owner, bool create, CancellationToken ct) =>
            Answer(FormattableString.Invariant($"volume {space} {name} {bytes} {owner} {create}"), create ? "/devices/v" : null);

        public Task RemoveVolumeAsync(string space, string name, bool keep, CancellationToken ct) => Answer($"remove {space} {name} {keep}", "");

        public Task RemoveKeptAsync(string space, string name, CancellationToken ct) => Answer($"kept {space} {name}", "");

        public Task<string?> EnsureLayerAsync(string space, string key, long bytes, int owner, int scratch, bool create, CancellationToken ct) =>
            Answer(FormattableString.Invariant($"layer {space} {key} {bytes} {owner} {scratch} {create}"), "/mounts/k");

        public Task CoverLayerAsync(string space, string key, string layer, CancellationToken ct) => Answer($"cover {space} {key} {layer}", "");

        public async Task<bool> IsLayerUsedAsync(string space, string key, int pid, CancellationToken ct) => await Answer(FormattableString.Invariant($"used {space} {key} {pid}"), "") is not null;

        public Task RemoveLayerAsync(string space, string key, CancellationToken ct) => Answer($"remove-layer {space} {key}", "");

        public async Task<IReadOnlyList<HostDisk>> ListAsync(string space, CancellationToken ct)
        {
            await Answer($"list {space}", "");
            return Disks;
        }

        private Task<string?> Answer(string asked, string? answer)
        {
            if (Refusal is not null) throw new DiskException(Refusal);
            Asked.Add(asked);
            return Task.FromResult(answer);
        }
    }
}
