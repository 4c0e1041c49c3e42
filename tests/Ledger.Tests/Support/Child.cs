using System.Diagnostics;
using System.Runtime.InteropServices;

namespace ProviderAgent.Ledger.Tests;

/// <summary>This test assembly, started as a process of its own.</summary>
internal sealed class Child : IDisposable
{
    private readonly Process _process;

    private Child(Process process) => _process = process;

    public int Pid => _process.Id;

    public static Child Start(params string[] arguments)
    {
        var runtime = RuntimeEnvironment.GetRuntimeDirectory(); // .../dotnet/shared/Microsoft.NETCore.App/10.0.x
        var dotnet = Path.GetFullPath(Path.Combine(runtime, "..", "..", "..", "dotnet"));
        var start = new ProcessStartInfo(dotnet, [typeof(Child).Assembly.Location, .. arguments]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        return new(Process.Start(start) ?? throw new InvalidOperationException("the child did not start"));
    }

    /// <summary>The next complete line; null at the end.</summary>
    public async Task<string?> ReadLineAsync() => await _process.StandardOutput.ReadLineAsync();

    /// <summary>SIGKILL, then what was said until then.</summary>
    public async Task<IReadOnlyList<string>> KillAsync()
    {
        _process.Kill();
        var rest = await _process.StandardOutput.ReadToEndAsync();
        await _process.WaitForExitAsync();
        return rest.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }
}
