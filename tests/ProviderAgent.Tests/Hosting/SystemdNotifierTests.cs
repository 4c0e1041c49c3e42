using System.Globalization;
using ProviderAgent.Hosting.Systemd;
using ProviderAgent.ProviderAgent.Tests.Support;

namespace ProviderAgent.ProviderAgent.Tests.Hosting;

[Collection(EnvironmentCollection.Name)]
public sealed class SystemdNotifierTests : IDisposable
{
    private readonly EnvironmentVariables _environment = new();
    private readonly TempFolder _folder = new();

    public void Dispose()
    {
        _environment.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Messages_OverARealSocket_ArriveOneByOne(bool isAbstract)
    {
        var name = isAbstract ? $"@provider-agent-test-{Guid.NewGuid():N}" : _folder.File("notify");
        using var manager = new NotifySocket(name);
        _environment.Set("NOTIFY_SOCKET", name);
        using var sut = new SystemdNotifier();

        sut.Ready("serving\nSTOPPING=1");
        Assert.Equal($"READY=1\nSTATUS=serving STOPPING=1\nMAINPID={Environment.ProcessId}", await manager.ReceiveAsync());
        sut.Watchdog();
        Assert.Equal("WATCHDOG=1", await manager.ReceiveAsync());
        sut.Status("two\r\nlines");
        Assert.Equal("STATUS=two lines", await manager.ReceiveAsync());
        sut.Reloading(TimeSpan.FromSeconds(1.5));
        Assert.Equal("RELOADING=1\nMONOTONIC_USEC=1500000", await manager.ReceiveAsync());
        sut.Stopping();
        Assert.Equal("STOPPING=1", await manager.ReceiveAsync());
        Assert.True(manager.IsEmpty);
    }

    [Fact]
    public void Create_TakesTheVariableAway_SoThatChildrenDoNotSpeakForUs()
    {
        using var manager = new NotifySocket(_folder.File("notify"));
        _environment.Set("NOTIFY_SOCKET", _folder.File("notify"));

        using var sut = new SystemdNotifier();

        Assert.Null(Environment.GetEnvironmentVariable("NOTIFY_SOCKET"));
    }

    [Theory]
    [InlineData("30000000", null, 30)]
    [InlineData("30000000", "self", 30)]
    [InlineData("30000000", "1", null)] // meant for another process
    [InlineData("0", null, null)]
    [InlineData("-5", null, null)]
    [InlineData("soon", null, null)]
    [InlineData(null, null, null)]
    public void WatchdogInterval_IsWhatTheManagerAsksOfThisProcess(string? microseconds, string? process, int? seconds)
    {
        using var manager = new NotifySocket(_folder.File("notify"));
        _environment.Set("NOTIFY_SOCKET", _folder.File("notify"));
        _environment.Set("WATCHDOG_USEC", microseconds);
        _environment.Set("WATCHDOG_PID", process == "self" ? Environment.ProcessId.ToString(CultureInfo.InvariantCulture) : process);

        using var sut = new SystemdNotifier();

        Assert.Equal(seconds, (int?)sut.WatchdogInterval?.TotalSeconds);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("/")]
    [InlineData("vsock:2:1234")]
    public void Create_WithoutAUsableSocket_DoesNothing(string? name)
    {
        _environment.Set("NOTIFY_SOCKET", name);
        _environment.Set("WATCHDOG_USEC", "1000000");
        using var sut = new SystemdNotifier();

        sut.Ready("serving");
        sut.Watchdog();

        Assert.Null(sut.WatchdogInterval);
    }

    [Fact]
    public void Send_ManagerGone_IsSwallowed()
    {
        var manager = new NotifySocket(_folder.File("notify"));
        _environment.Set("NOTIFY_SOCKET", _folder.File("notify"));
        using var sut = new SystemdNotifier();
        manager.Dispose();

        sut.Watchdog();
        sut.Stopping();
    }
}
