using System.Diagnostics;
using System.Globalization;

namespace ProviderAgent.Workloads.Tests.Support;

/// <summary>A network namespace of its own for one test, so that a firewall can be loaded beside the machine's.</summary>
internal sealed class NetworkSpace : IDisposable
{
    private static int Made;

    private readonly string _name = string.Create(CultureInfo.InvariantCulture, $"pa-test-{Environment.ProcessId}-{Interlocked.Increment(ref Made)}");

    public NetworkSpace() => Run("ip", "netns", "add", _name);

    public string File => $"/run/netns/{_name}";

    /// <summary>Runs nft in it as somebody else on the host would.</summary>
    public string Nft(string command) => Run("ip", ["netns", "exec", _name, "nft", .. command.StartsWith('-') ? command.Split(' ') : [command]]);

    public void Dispose() => Run("ip", "netns", "delete", _name);

    private static string Run(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["PATH"] += ":/usr/sbin:/sbin";
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEnd();
        var errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"{program} {string.Join(' ', arguments)}: {errors}");
    }
}
