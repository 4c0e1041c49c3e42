using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace ProviderAgent.Bench.World;

/// <summary>The daemon as a child process, as an operator runs it.</summary>
internal sealed class Daemon : IAsyncDisposable
{
    private static readonly TimeSpan ReadyLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan ReadyPause = TimeSpan.FromMilliseconds(5);

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _log = new();
    private readonly HttpClient _operator;

    private Daemon(Process process, Uri operatorAddress)
    {
        _process = process;
        _operator = new(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = operatorAddress, Timeout = TimeSpan.FromSeconds(10) };
    }

    public int Id => _process.Id;

    /// <summary>From the start of the process to the first answer of <c>/readyz</c> that says yes.</summary>
    public TimeSpan ReadyAfter { get; private set; }

    /// <summary>Lines of its log so far.</summary>
    public IEnumerable<string> Log => _log;

    /// <exception cref="BenchException">It ended, or is not ready in time; its last words are in the message.</exception>
    public static async Task<Daemon> StartAsync(string program, string config, Uri operatorAddress, TimeProvider time, CancellationToken ct)
    {
        var started = time.GetTimestamp();
        var process = Process.Start(new ProcessStartInfo(program, ["run", "--config", config]) { RedirectStandardError = true })
            ?? throw new BenchException($"{program} cannot be started");
        var daemon = new Daemon(process, operatorAddress);
        process.ErrorDataReceived += (_, line) => daemon._log.Enqueue(line.Data ?? "");
        process.BeginErrorReadLine();
        try
        {
            await Patience.ForAsync("the daemon's readiness", ReadyLimit, ReadyPause, async stop => await daemon.IsReadyAsync(stop) ? daemon : null, time, ct);
        }
        catch
        {
            await daemon.DisposeAsync();
            throw;
        }

        daemon.ReadyAfter = time.GetElapsedTime(started);
        return daemon;
    }

    /// <summary>An answer of the operator's API.</summary>
    public async Task<JsonElement> AskAsync(string path, CancellationToken ct)
    {
        using var document = JsonDocument.Parse(await _operator.GetByteArrayAsync(new Uri(path, UriKind.Relative), ct));
        return document.RootElement.Clone();
    }

    /// <summary>When a line that holds both texts was written; null when there is none. To the millisecond, rounded down.</summary>
    public DateTimeOffset? WhenLogged(string marker, string subject, DateOnly day) =>
        _log.FirstOrDefault(line => line.Contains(marker, StringComparison.Ordinal) && line.Contains(subject, StringComparison.Ordinal)) is { } found
            ? new DateTimeOffset(day, TimeOnly.ParseExact(found.AsSpan(0, 12), "HH:mm:ss.fff", CultureInfo.InvariantCulture), TimeSpan.Zero)
            : null;

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            Terminate(_process.Id);
            using var limit = new CancellationTokenSource(StopLimit, TimeProvider.System);
            try
            {
                await _process.WaitForExitAsync(limit.Token);
            }
            catch (OperationCanceledException)
            {
                _process.Kill();
            }
        }

        _process.Dispose();
        _operator.Dispose();
    }

    private static void Terminate(int pid)
    {
        const int sigterm = 15;
        _ = Kill(pid, sigterm);
    }

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Kill(int pid, int signal);

    private async Task<bool> IsReadyAsync(CancellationToken ct)
    {
        if (_process.HasExited) throw new BenchException($"the daemon ended with {_process.ExitCode}:\n{string.Join('\n', _log.TakeLast(15))}");
        try
        {
            using var answer = await _operator.GetAsync(new Uri("/readyz", UriKind.Relative), ct);
            return answer.StatusCode == HttpStatusCode.OK;
        }
        catch (HttpRequestException)
        {
            return false; // does not listen yet
        }
    }
}
