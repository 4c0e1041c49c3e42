using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace ProviderAgent.Workloads;

/// <summary>Runs lego, which speaks with the authority and keeps its account.</summary>
internal sealed class LegoCommand(TimeProvider time)
{
    private const int MaxOutput = 65_536;
    private const int MaxVariables = 64;
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(10);

    /// <summary>Asks for a certificate.</summary>
    /// <returns>Why there is none; null when it lies in the folder.</returns>
    public async Task<string?> ObtainAsync(AcmeOptions options, IReadOnlyList<string> resolvers, string folder, string subject, CancellationToken ct)
    {
        using var deadline = new CancellationTokenSource(Deadline, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, deadline.Token);
        // lego leaves the modes of its keys to this.
        var start = new ProcessStartInfo("/bin/sh", ["-c", "umask 077; exec \"$@\"", "sh", options.Program, .. Arguments(options, resolvers, folder, subject)]) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        if (options.Authority.Length > 0) start.Environment["LEGO_CA_CERTIFICATES"] = options.Authority;
        if (options.DnsEnvironment.Length > 0 && ReadEnvironment(options.DnsEnvironment, start.Environment) is { } problem) return problem;
        using var process = new Process { StartInfo = start };
        try
        {
            process.Start();
        }
        catch (Win32Exception error)
        {
            return $"/bin/sh cannot be run: {error.Message}";
        }

        try
        {
            process.StandardInput.Close();
            var output = ReadEndAsync(process.StandardOutput, either.Token);
            var errors = ReadEndAsync(process.StandardError, either.Token);
            await process.WaitForExitAsync(either.Token);
            var said = LastLine(await errors) is { Length: > 0 } line ? line : LastLine(await output);
            if (process.ExitCode is 126 or 127) return $"{options.Program} cannot be run: install the package lego";
            return process.ExitCode == 0 ? null : said.Length > 0 ? said : $"lego ended with {process.ExitCode}";
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested && !ct.IsCancellationRequested)
        {
            return $"lego did not finish within {Deadline.TotalMinutes:0} min";
        }
        finally
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
        }
    }

    internal static string[] Arguments(AcmeOptions options, IReadOnlyList<string> resolvers, string folder, string subject) =>
    [
        "--accept-tos",
        "--server", options.Directory?.AbsoluteUri ?? "",
        "--email", options.Email,
        "--path", folder,
        "--domains", subject,
        .. options.Dns.Length > 0 && subject.StartsWith('*') ? (string[])["--dns", options.Dns, .. options.DnsPropagation ? Array.Empty<string>() : ["--dns.disable-cp"], .. resolvers.SelectMany(resolver => new[] { "--dns.resolvers", resolver })] : ["--http", "--http.port", string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{options.ChallengePort}")],
        "run",
    ];

    /// <summary>Adds the lines of a file to an environment. Their values are secrets and are never told.</summary>
    private static string? ReadEnvironment(string file, IDictionary<string, string?> environment)
    {
        try
        {
            foreach (var line in File.ReadLines(file).Take(MaxVariables).Where(line => line.Trim().Length > 0 && !line.StartsWith('#')))
            {
                if (line.IndexOf('=', StringComparison.Ordinal) is not (> 0 and var at)) return $"{file} must have lines of NAME=value";
                environment[line[..at].Trim()] = line[(at + 1)..].Trim();
            }

            return null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return $"{file} cannot be read: {error.Message}";
        }
    }

    private static async Task<string> ReadEndAsync(StreamReader reader, CancellationToken ct)
    {
        var end = "";
        var buffer = new char[4_096];
        while (await reader.ReadAsync(buffer, ct) is > 0 and var read)
        {
            end += new string(buffer, 0, read);
            if (end.Length > MaxOutput) end = end[^MaxOutput..];
        }

        return end;
    }

    private static string LastLine(string text)
    {
        var line = text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).LastOrDefault() ?? "";
        return line.Length > 500 ? line[..500] : line;
    }
}
