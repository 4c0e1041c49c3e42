using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using ProviderAgent.Hosting;
using ProviderAgent.ProviderAgent.Tests.Support;

namespace ProviderAgent.ProviderAgent.Tests.Cli;

/// <summary>The helper as its socket unit starts it. Asked only for what it refuses: the firewall of this machine is left alone.</summary>
public sealed class HostHelperVerbTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [NeedsFact("systemd-socket-activate")]
    public async Task HostHelper_SocketHandedOver_ServesOnIt()
    {
        var path = _folder.File("helper.sock");
        var start = new ProcessStartInfo("systemd-socket-activate", ["-l", path, "dotnet", Path.Combine(AppContext.BaseDirectory, "provider-agent.dll"), "host-helper"])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        using var process = Process.Start(start)!;
        try
        {
            await Eventually.BecomesTrueAsync("the socket", () => File.Exists(path));

            Assert.Contains("\"error\":\"the request is not one that this helper knows\"", await AskAsync(path, """{"verb":"format-disk"}"""), StringComparison.Ordinal);
            Assert.Contains("is not the bridge of a lease", await AskAsync(path, """{"verb":"apply-guard","guard":{"bridges":["; flush ruleset"],"resolvers":[],"allow_mail":false}}"""), StringComparison.Ordinal);
            Assert.Contains("\"error\":", await AskAsync(path, "no json"), StringComparison.Ordinal);
        }
        finally
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync();
        }
    }

    [Fact]
    public async Task HostHelper_NoSocket_SaysWhichUnitToStart()
    {
        var result = await CommandRunner.RunProgramAsync("host-helper");

        Assert.Equal(ExitCode.Usage, result.Code);
        Assert.Contains("provider-agent-helper.socket", result.Errors, StringComparison.Ordinal);
    }

    private static async Task<string> AskAsync(string path, string line)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30), TimeProvider.System);
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), limit.Token);
        await using var stream = new NetworkStream(socket);
        await stream.WriteAsync(Encoding.UTF8.GetBytes(line + "\n"), limit.Token);
        using var reader = new StreamReader(stream);
        return await reader.ReadToEndAsync(limit.Token);
    }
}
