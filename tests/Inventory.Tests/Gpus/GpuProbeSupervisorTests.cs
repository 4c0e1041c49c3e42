using System.Threading.Channels;

namespace ProviderAgent.Inventory.Tests.Gpus;

public sealed class GpuProbeSupervisorTests : IDisposable
{
    private const string Sweep = """{"sweep":{"source":"nvml","gpus":[{"uuid":"GPU-1"}]}}""";

    private readonly TempFolder _root = new();
    private readonly ManualTimeProvider _time = new();
    private readonly FakeLauncher _launcher = new();
    private readonly Findings _findings = new();
    private readonly SettableOptions<InventoryOptions> _options = new(new() { Gpu = new() { Probe = GpuProbing.Always } });
    private readonly GpuProbeSupervisor _sut;

    public GpuProbeSupervisorTests() =>
        _sut = new(_launcher, new(new HostFiles(_root.Path)), _findings, _options, _time, new LogProbe<GpuProbeSupervisor>());

    public void Dispose()
    {
        _sut.Dispose();
        _root.Dispose();
    }

    [Fact]
    public async Task Run_Lines_AreHandedOnInOrder()
    {
        var life = _sut.RunOnceAsync(default);
        var process = _launcher.Started[0];
        Assert.Equal(["--period", "5000"], process.Arguments);

        await process.SayAsync(Sweep);
        await process.SayAsync("""{"xid":{"uuid":"GPU-1","code":79}}""");

        Assert.Equal("swept nvml 1", await _findings.NextAsync());
        Assert.Equal("xid GPU-1 79", await _findings.NextAsync());
        process.End();
        Assert.Equal(1, await life);
    }

    [Fact]
    public async Task Run_Hangs_IsFoundWithinTenSecondsWithTheCallThatHangs()
    {
        var life = _sut.RunOnceAsync(default);
        var process = _launcher.Started[0];
        await process.SayAsync(Sweep);
        await _findings.NextAsync();
        await process.SayAsync("""{"stuck":"nvmlDeviceGetPowerUsage of GPU-1"}""");
        await Eventually.BecomesTrueAsync("the line to be read", () => _time.TimerCount > 0);

        _time.Advance(_options.CurrentValue.Gpu.ProbeInterval + GpuProbeSupervisor.Patience);

        Assert.True(_options.CurrentValue.Gpu.ProbeInterval + GpuProbeSupervisor.Patience < TimeSpan.FromSeconds(10));
        Assert.StartsWith("unknown the GPU driver does not answer", await _findings.NextAsync(), StringComparison.Ordinal);
        Assert.Equal(1, await life);
        Assert.True(process.IsKilled);
    }

    [Fact]
    public async Task Execute_ProcessThatCannotBeEnded_IsNotJoinedByAnother()
    {
        _launcher.IsUnkillable = true;
        await _sut.StartAsync(default);
        await Eventually.BecomesTrueAsync("the probe to run", () => _launcher.Started.Count == 1);
        await PassAsync("the finding", () => _findings.Count > 0);

        for (var i = 0; i < 20; i++) await PassAsync("a turn", () => true);
        Assert.Single(_launcher.Started);

        _launcher.Started[0].HasExited = true;
        await PassAsync("another one", () => _launcher.Started.Count == 2);
        await _sut.StopAsync(default);
    }

    [Theory]
    [InlineData("not json")]
    [InlineData("""{"sweep":{"source":5}}""")]
    [InlineData("null")]
    public async Task Run_Garbage_EndsTheProcessAndSaysSo(string line)
    {
        var life = _sut.RunOnceAsync(default);

        await _launcher.Started[0].SayAsync(line);

        Assert.StartsWith("unknown the probe sent", await _findings.NextAsync(), StringComparison.Ordinal);
        Assert.Equal(0, await life);
        Assert.True(_launcher.Started[0].IsKilled);
    }

    [Fact]
    public async Task Run_EndlessLine_IsBounded()
    {
        var life = _sut.RunOnceAsync(default);
        var process = _launcher.Started[0];
        var block = new string('x', 64 * 1024);

        // Reading goes on beside; nobody takes more than the bound.
        var feed = Task.Run(async () =>
        {
            for (var i = 0; i < 20; i++) await process.SayAsync(block, end: "").WaitAsync(TimeSpan.FromSeconds(10), TimeProvider.System);
        });

        Assert.Contains("a line of more than", await _findings.NextAsync(), StringComparison.Ordinal);
        await life;
        process.Drain();
        await feed;
    }

    [Fact]
    public async Task Run_ProgramMissing_IsAFinding()
    {
        _launcher.Failure = new GpuProbeException("provider-agent cannot be started");

        Assert.Equal(0, await _sut.RunOnceAsync(default));

        Assert.Equal("unknown provider-agent cannot be started", await _findings.NextAsync());
    }

    [Fact]
    public async Task Execute_NoSignOfADevice_StartsNoProcess()
    {
        _options.CurrentValue.Gpu.Probe = GpuProbing.Auto;
        await _sut.StartAsync(default);

        Assert.Equal("swept none 0", await _findings.NextAsync());
        Assert.Empty(_launcher.Started);

        Directory.CreateDirectory(Path.Combine(_root.Path, "proc/driver/nvidia"));
        await PassAsync("the probe to start", () => _launcher.Started.Count == 1);
        await _sut.StopAsync(default);
    }

    private Task PassAsync(string what, Func<bool> done)
    {
        if (_time.TimerCount > 0) _time.Advance(TimeSpan.FromSeconds(31));
        return Eventually.BecomesTrueAsync(what, () =>
        {
            if (done()) return true;
            if (_time.TimerCount > 0) _time.Advance(TimeSpan.FromSeconds(31));
            return false;
        });
    }

    private sealed class Findings : IGpuFindings
    {
        private readonly Channel<string> _said = Channel.CreateUnbounded<string>();

        public int Count => _said.Reader.Count;

        public void Swept(GpuSweep sweep) => _said.Writer.TryWrite($"swept {sweep.Source} {sweep.Gpus.Count}");

        public void Reported(XidReport xid) => _said.Writer.TryWrite($"xid {xid.Uuid} {xid.Code}");

        public void Unknown(string problem) => _said.Writer.TryWrite($"unknown {problem}");

        public async Task<string> NextAsync()
        {
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30), TimeProvider.System);
            return await _said.Reader.ReadAsync(limit.Token);
        }
    }
}
