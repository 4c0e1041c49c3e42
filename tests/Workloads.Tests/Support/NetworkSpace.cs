using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace ProviderAgent.Workloads.Tests.Support;

/// <summary>A network namespace of its own for one test, so that a firewall can be loaded beside the machine's.</summary>
internal sealed partial class NetworkSpace : IDisposable
{
    private const int NetworkNamespace = 0x40000000;

    private static int Made;

    private readonly string _name = string.Create(CultureInfo.InvariantCulture, $"pa-test-{Environment.ProcessId}-{Interlocked.Increment(ref Made)}");

    public NetworkSpace()
    {
        Run("ip", "netns", "add", _name);
        Ip("link set lo up");
    }

    public string Name => _name;

    public string File => $"/run/netns/{_name}";

    /// <summary>Runs ip in it.</summary>
    public string Ip(string arguments) => Run("ip", ["-n", _name, .. arguments.Split(' ')]);

    /// <summary>Runs a program in it to its end.</summary>
    public string Exec(string program, params string[] arguments) => Run("ip", ["netns", "exec", _name, program, .. arguments]);

    /// <summary>Joins it to another by a cable.</summary>
    public void Join(string card, NetworkSpace other, string otherCard) => Ip($"link add {card} type veth peer name {otherCard} netns {other._name}");

    /// <summary>Does something as a process in it would: sockets that are made stay in it.</summary>
    public T Within<T>(Func<T> act)
    {
        T? result = default;
        Exception? failure = null;
        // A thread of its own, which nobody uses afterwards.
        var thread = new Thread(() =>
        {
            try
            {
                using var file = System.IO.File.OpenHandle(File);
                if (SetNamespace((int)file.DangerousGetHandle(), NetworkNamespace) != 0) throw new InvalidOperationException($"setns: {Marshal.GetLastPInvokeError()}");
                result = act();
            }
            catch (Exception error)
            {
                failure = error;
            }
        });
        thread.Start();
        thread.Join();
        return failure is null ? result! : throw new InvalidOperationException(failure.Message, failure);
    }

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

    [LibraryImport("libc", EntryPoint = "setns", SetLastError = true)]
    private static partial int SetNamespace(int file, int kind);
}
