using System.Diagnostics;
using System.Globalization;

namespace ProviderAgent.Metering.Tests;

/// <summary>One container on the real engine, started and removed with the engine's own command.</summary>
internal sealed class DockerContainer : IDisposable
{
    private const string Image = "127.0.0.1:5000/test/busybox:1";

    private DockerContainer(string id) => Id = id;

    public string Id { get; }

    /// <summary>Starts a shell script in a container that ends with this process at the latest.</summary>
    public static DockerContainer Start(string script) =>
        new(Run("run", "--detach", "--name", $"metering-test-{Guid.NewGuid():N}", "--label", "provider-agent.test=metering", Image, "timeout", "300", "sh", "-c", script).Trim());

    public MeteredContainer Describe()
    {
        var parts = Run("inspect", "--format", "{{.State.Pid}} {{.State.StartedAt}}", Id).Trim().Split(' ');
        return new(Sample.Lease(1), "web", 0, Id, int.Parse(parts[0], CultureInfo.InvariantCulture), DateTimeOffset.Parse(parts[1], CultureInfo.InvariantCulture));
    }

    public string Execute(string command) => Run("exec", Id, "sh", "-c", command);

    public void Kill() => Run("kill", Id);

    public void Dispose() => Run("rm", "--force", "--volumes", Id);

    private static string Run(params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("docker", arguments) { RedirectStandardOutput = true, RedirectStandardError = true })
            ?? throw new InvalidOperationException("docker did not start");
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"docker {string.Join(' ', arguments)}: {error.Result}");
    }
}
