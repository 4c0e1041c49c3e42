using System.Diagnostics;
using System.Text;

namespace ProviderAgent.Scenarios.Tests.Support;

/// <summary>What a command line call said and how it ended.</summary>
internal sealed record CliResult(int ExitCode, string Output, string Errors);

/// <summary>The program under test as a process of its own, so that it can be killed.</summary>
internal sealed class AgentProcess : IAsyncDisposable
{
    // The released program where the caller made one: what is tried here is then what users get.
    private static readonly string Program = Environment.GetEnvironmentVariable("AGENT_PROGRAM") is { Length: > 0 } program
        ? program
        : Path.Combine(AppContext.BaseDirectory, "provider-agent");

    private readonly Process _process;
    private readonly StringBuilder _log = new();
    private readonly StringBuilder _output = new();
    private readonly Task _reading;

    private AgentProcess(Process process)
    {
        _process = process;
        _reading = Task.WhenAll(CopyAsync(process.StandardError, _log), CopyAsync(process.StandardOutput, _output));
    }

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    /// <summary>Everything on standard error so far.</summary>
    public string Log
    {
        get
        {
            lock (_log) return _log.ToString();
        }
    }

    public static AgentProcess Start(params IEnumerable<string> arguments) => Start(new Dictionary<string, string>(), arguments);

    public static AgentProcess Start(IReadOnlyDictionary<string, string> environment, params IEnumerable<string> arguments) => Start(environment, [Program], arguments);

    /// <summary>Starts it as another user with no capability or a few, as its unit does.</summary>
    /// <param name="environment">Added to the environment.</param>
    /// <param name="user">Its user and group.</param>
    /// <param name="groups">Further groups, with commas between.</param>
    /// <param name="capabilities">What it may do nevertheless, as <c>,+net_admin</c>; empty for nothing.</param>
    /// <param name="arguments">Its arguments.</param>
    public static AgentProcess StartUnprivileged(IReadOnlyDictionary<string, string> environment, int user, string groups, string capabilities, params IEnumerable<string> arguments) => Start(
        environment, ["setpriv", $"--reuid={user}", $"--regid={user}", $"--groups={groups}", $"--inh-caps=-all{capabilities}", $"--ambient-caps=-all{capabilities}", $"--bounding-set=-all{capabilities}", "--no-new-privs", "--", Program],
        arguments);

    private static AgentProcess Start(IReadOnlyDictionary<string, string> environment, string[] program, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program[0]) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        foreach (var argument in program.Skip(1).Concat(arguments)) start.ArgumentList.Add(argument);
        foreach (var (name, value) in environment) start.Environment[name] = value;
        var process = Process.Start(start) ?? throw new InvalidOperationException($"{Program} did not start");
        process.StandardInput.Close();
        return new(process);
    }

    /// <summary>Runs a command to its end.</summary>
    public static async Task<CliResult> RunAsync(params IEnumerable<string> arguments)
    {
        await using var process = Start(arguments);
        return await process.WaitAsync();
    }

    /// <summary>kill -9: no handler runs, nothing is flushed.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>SIGTERM, as systemd stops a service.</summary>
    public async Task<CliResult> StopAsync()
    {
        using var kill = Process.Start("kill", ["-TERM", _process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
        return await WaitAsync();
    }

    public async Task<CliResult> WaitAsync(TimeSpan? within = null)
    {
        var limit = within ?? TimeSpan.FromMinutes(1);
        try
        {
            await _process.WaitForExitAsync().WaitAsync(limit);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"the program did not end within {limit.TotalSeconds:0} s; its log:\n{Log}");
        }

        await _reading;
        return new(_process.ExitCode, _output.ToString(), Log);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) await KillAsync();
        await _reading;
        _process.Dispose();
    }

    private static async Task CopyAsync(StreamReader from, StringBuilder to)
    {
        while (await from.ReadLineAsync() is { } line)
        {
            lock (to) to.AppendLine(line);
        }
    }
}
