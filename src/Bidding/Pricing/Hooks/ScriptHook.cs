using System.ComponentModel;
using System.Diagnostics;
using System.Text;

namespace ProviderAgent.Bidding;

/// <summary>Asks a price script: the document on its input, the price on its output, exit code 0. Each run is a process of its own.</summary>
internal static class ScriptHook
{
    // Our own settings and credentials are none of its business.
    private const string OwnPrefix = "PROVIDER_AGENT_";
    private static readonly string[] Withheld = ["CREDENTIALS_DIRECTORY", "NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID", "LISTEN_FDS", "LISTEN_PID", "LISTEN_FDNAMES"];

    /// <param name="path">The program.</param>
    /// <param name="request">The order.</param>
    /// <param name="ct">Ends it and all that it started.</param>
    public static async Task<HookReply> AskAsync(string path, PricingRequest request, CancellationToken ct)
    {
        using var process = new Process { StartInfo = Describe(path, request) };
        try
        {
            process.Start();
        }
        catch (Exception error) when (error is Win32Exception or InvalidOperationException or PlatformNotSupportedException)
        {
            return Failed($"{path} cannot be started: {error.Message}");
        }

        try
        {
            // Ending it also ends the reading; what it started and hid from us may hold its output open, so nothing is waited for without limit.
            await using var ending = ct.Register(() => End(process));
            var output = ReadAsync(process.StandardOutput.BaseStream, ct);
            var complaints = ReadAsync(process.StandardError.BaseStream, ct);
            await FeedAsync(process, PriceDocument.Write(request), ct).WaitAsync(ct);
            var first = await Task.WhenAny(output, complaints).WaitAsync(ct);
            if (await first is null) return TooMuch(path);
            var (said, complained) = (await output.WaitAsync(ct), await complaints.WaitAsync(ct));
            if (said is null || complained is null) return TooMuch(path);
            await process.WaitForExitAsync(ct);
            if (process.ExitCode == 0) return new HookReply.Said(said);
            var why = HookAnswer.Shown(complained.Length > 0 ? complained : said);
            return new HookReply.None(new(DeclineReason.HookRefused, $"{path} ended with exit code {process.ExitCode}{(why.Length > 0 ? $": {why}" : "")}"));
        }
        catch (IOException error)
        {
            return Failed($"{path} broke off: {error.Message}");
        }
        finally
        {
            End(process);
        }
    }

    private static ProcessStartInfo Describe(string path, PricingRequest request)
    {
        var start = new ProcessStartInfo(path) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith(OwnPrefix, StringComparison.Ordinal) || Withheld.Contains(name)).ToArray()) start.Environment.Remove(name);
        start.Environment["AKASH_OWNER"] = request.Order.Owner.Value;
        start.Environment["AKASH_DENOM"] = request.Group.Units[0].PriceLimit.Denom.Value;
        return start;
    }

    private static async Task FeedAsync(Process process, byte[] document, CancellationToken ct)
    {
        try
        {
            await process.StandardInput.BaseStream.WriteAsync(document, ct);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It does not read its input; whether it answers all the same is seen below.
        }
    }

    /// <summary>Everything up to the end; null when it is too much.</summary>
    private static async Task<string?> ReadAsync(Stream stream, CancellationToken ct)
    {
        var buffer = new byte[HookAnswer.MaxBytes + 1];
        var length = 0;
        while (length < buffer.Length)
        {
            var read = await stream.ReadAsync(buffer.AsMemory(length), ct);
            if (read == 0) return Encoding.UTF8.GetString(buffer, 0, length);
            length += read;
        }

        return null;
    }

    private static void End(Process process)
    {
        try
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
        }
        catch (Exception error) when (error is InvalidOperationException or Win32Exception or AggregateException)
        {
            // It ended by itself meanwhile, which is as good.
        }
    }

    private static HookReply.None TooMuch(string path) => new(new(DeclineReason.HookAnswerInvalid, $"{path} writes more than {HookAnswer.MaxBytes} bytes"));

    private static HookReply.None Failed(string detail) => new(new(DeclineReason.HookFailed, detail));
}
