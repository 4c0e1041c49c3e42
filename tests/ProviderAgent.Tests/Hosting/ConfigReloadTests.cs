using System.Diagnostics;
using System.Globalization;
using ProviderAgent.Config;
using ProviderAgent.Hosting;
using ProviderAgent.Hosting.Systemd;
using ProviderAgent.ProviderAgent.Tests.Support;

namespace ProviderAgent.ProviderAgent.Tests.Hosting;

[Collection(EnvironmentCollection.Name)]
public sealed class ConfigReloadTests : IDisposable
{
    private readonly EnvironmentVariables _environment = new();
    private readonly TempFolder _folder = new();
    private readonly LogProbe<ConfigReload> _log = new();
    private readonly NotifySocket _manager;
    private readonly SystemdNotifier _notifier;
    private readonly ConfigSources _sources;
    private readonly ConfigLoader _loader = ConfigLoaderFactory.Create();
    private readonly ConfigStore _store;
    private readonly ConfigReload _sut;

    public ConfigReloadTests()
    {
        _manager = new(_folder.File("notify"));
        _environment.Set("NOTIFY_SOCKET", _folder.File("notify"));
        _notifier = new();
        _sources = new(_folder.File("config.yaml"), new Dictionary<string, string>(), []);
        Write("bidding: {timeout: 2m}");
        _store = new(_loader.Load(_sources));
        _sut = new(_store, _loader, _sources, _notifier, TimeProvider.System, _log);
    }

    public void Dispose()
    {
        _sut.Dispose();
        _store.Dispose();
        _notifier.Dispose();
        _manager.Dispose();
        _environment.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Hangup_ChangedFile_IsAppliedAndToldToTheManager()
    {
        await _sut.StartAsync(default);
        var rooms = 0;
        using var registration = _store.ChangeToken.RegisterChangeCallback(_ => rooms++, null);
        Write("bidding: {timeout: 3m}\nmetering: {interval: 20s}\nstate: {directory: /var/lib/elsewhere}");

        await HangUpAsync();

        await Eventually.BecomesTrueAsync("the new configuration", () => _store.Current.Bidding.Timeout == TimeSpan.FromMinutes(3));
        Assert.StartsWith("RELOADING=1\nMONOTONIC_USEC=", await _manager.ReceiveAsync(), StringComparison.Ordinal);
        Assert.StartsWith("READY=1\n", await _manager.ReceiveAsync(), StringComparison.Ordinal);
        Assert.Equal(1, rooms);
        Assert.Equal(TimeSpan.FromSeconds(20), _store.Current.Metering.Interval);
        Assert.Contains(_log.Entries, entry => entry is { EventName: "Changed" } && entry.Message.Contains("bidding.timeout: 2m -> 3m", StringComparison.Ordinal));
        Assert.Contains(_log.Entries, entry => entry is { EventName: "ChangedLater" } && entry.Message.Contains("state.directory", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("bidding: {timeout: soon}", "bidding.timeout")]
    [InlineData("frobnicate: 1", "frobnicate")]
    [InlineData("bidding: [", "config.yaml")]
    public async Task Hangup_FileWithMistakes_KeepsTheLastGoodOneAndSaysWhy(string bad, string names)
    {
        await _sut.StartAsync(default);
        var before = _store.Current;
        Write(bad);

        await HangUpAsync();

        await Eventually.BecomesTrueAsync("the refusal", () => _log.Has("Kept"));
        Assert.Same(before, _store.Current);
        Assert.Contains(_log.Entries, entry => entry is { EventName: "Refused" } && entry.Message.Contains(names, StringComparison.Ordinal));
        Assert.StartsWith("RELOADING=1\n", await _manager.ReceiveAsync(), StringComparison.Ordinal);
        Assert.StartsWith("READY=1\n", await _manager.ReceiveAsync(), StringComparison.Ordinal); // reloading is over either way
    }

    [Fact]
    public void Reload_FileGone_KeepsTheLastGoodOne()
    {
        var before = _store.Current;
        File.Delete(_folder.File("config.yaml"));

        _sut.Reload();

        Assert.Same(before, _store.Current);
        Assert.True(_log.Has("Kept"));
    }

    [Fact]
    public void Reload_GoodFileAfterABadOne_IsApplied()
    {
        Write("frobnicate: 1");
        _sut.Reload();
        Write("bidding: {timeout: 4m}");

        _sut.Reload();

        Assert.Equal(TimeSpan.FromMinutes(4), _store.Current.Bidding.Timeout);
    }

    [Fact]
    public void Reload_SameFile_SaysThatNothingChanged()
    {
        _sut.Reload();

        Assert.Equal(["Same"], _log.Entries.Select(entry => entry.EventName));
    }

    private static async Task HangUpAsync()
    {
        using var kill = Process.Start("kill", ["-HUP", Environment.ProcessId.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
        Assert.Equal(0, kill.ExitCode);
    }

    private void Write(string more) => File.WriteAllText(_folder.File("config.yaml"), $$"""
        chain: {endpoints: [{rpc: "http://127.0.0.1:26657"}], key: {file: /etc/provider-agent/signing.key} }
        provider: {host_uri: "https://provider.example.com:8443"}
        {{more}}
        """);
}
