using System.Diagnostics;

namespace ProviderAgent.TestKit;

/// <summary>Packages of the npm registry, for tests against clients and servers that others have written. Installed once per machine and set of packages.</summary>
public sealed class NpmPackages
{
    private static readonly SemaphoreSlim OneAtATime = new(1);

    private NpmPackages(string folder) => Folder = folder;

    /// <summary>Holds <c>node_modules</c>.</summary>
    public string Folder { get; }

    /// <param name="packages">With exact versions, for example <c>@grpc/grpc-js@1.14.7</c>.</param>
    /// <exception cref="InvalidOperationException">npm failed; the message holds what it said.</exception>
    public static async Task<NpmPackages> InstallAsync(params string[] packages)
    {
        var name = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(string.Join(' ', packages))))[..16];
        var folder = Path.Combine(Path.GetTempPath(), $"provider-agent-npm-{Environment.UserName}", name);
        await OneAtATime.WaitAsync();
        try
        {
            if (File.Exists(Path.Combine(folder, "complete"))) return new(folder);

            // Test projects run side by side: each installs beside, and the first one done wins.
            var own = $"{folder}-{Environment.ProcessId}";
            Directory.CreateDirectory(own);
            await File.WriteAllTextAsync(Path.Combine(own, "package.json"), """{"private":true,"type":"module"}""");
            var (code, output) = await RunAsync("npm", own, ["install", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error", .. packages]);
            if (code != 0) throw new InvalidOperationException($"npm install {string.Join(' ', packages)} failed:\n{output}");
            await File.WriteAllTextAsync(Path.Combine(own, "complete"), "");
            try
            {
                Directory.Move(own, folder);
            }
            catch (IOException) when (File.Exists(Path.Combine(folder, "complete")))
            {
                Directory.Delete(own, recursive: true);
            }

            return new(folder);
        }
        finally
        {
            OneAtATime.Release();
        }
    }

    /// <summary>Runs a script to its end.</summary>
    /// <returns>What it wrote to standard output.</returns>
    /// <exception cref="InvalidOperationException">It failed; the message holds what it said.</exception>
    public async Task<string> RunAsync(string script, params string[] arguments)
    {
        using var running = Start(script, arguments);
        var (output, errors) = (running.StandardOutput.ReadToEndAsync(), running.StandardError.ReadToEndAsync());
        await running.WaitForExitAsync();
        return running.ExitCode == 0 ? await output : throw new InvalidOperationException($"the script failed:\n{await output}\n{await errors}");
    }

    /// <summary>Starts a script that goes on; the caller kills it.</summary>
    public Process Start(string script, params string[] arguments)
    {
        var file = Path.Combine(Folder, $"{Guid.NewGuid():N}.mjs");
        File.WriteAllText(file, script);
        return Process.Start(Info("node", Folder, [file, .. arguments])) ?? throw new InvalidOperationException("node did not start");
    }

    private static async Task<(int Code, string Output)> RunAsync(string program, string folder, IEnumerable<string> arguments)
    {
        using var running = Process.Start(Info(program, folder, arguments)) ?? throw new InvalidOperationException($"{program} did not start");
        var (output, errors) = (running.StandardOutput.ReadToEndAsync(), running.StandardError.ReadToEndAsync());
        await running.WaitForExitAsync();
        return (running.ExitCode, await output + await errors);
    }

    private static ProcessStartInfo Info(string program, string folder, IEnumerable<string> arguments) => new(program, arguments)
    {
        WorkingDirectory = folder,
        RedirectStandardOutput = true,
        RedirectStandardError = true,
    };
}
