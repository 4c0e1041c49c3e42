using Xunit;

namespace ProviderAgent.TestKit;

/// <summary>A fact that needs a program or file of this machine. A person without it gets a skip with the reason; under CI=true it runs and fails.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class NeedsFactAttribute : FactAttribute
{
    /// <param name="needs">Program names looked up on PATH, or absolute paths of files and sockets.</param>
    public NeedsFactAttribute(params string[] needs)
    {
        Needs = needs;
        Skip = MachineNeeds.ReasonToSkip(needs);
    }

    public IReadOnlyList<string> Needs { get; }
}

/// <summary>As <see cref="NeedsFactAttribute"/>, for theories.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class NeedsTheoryAttribute : TheoryAttribute
{
    /// <inheritdoc cref="NeedsFactAttribute(string[])"/>
    public NeedsTheoryAttribute(params string[] needs)
    {
        Needs = needs;
        Skip = MachineNeeds.ReasonToSkip(needs);
    }

    public IReadOnlyList<string> Needs { get; }
}

/// <summary>Looks for what a test needs of the machine.</summary>
public static class MachineNeeds
{
    /// <summary>Socket of the Docker engine that tests use.</summary>
    public const string DockerSocket = "/var/run/docker.sock";

    /// <summary>Null when nothing is missing, or when missing parts have to fail the test.</summary>
    public static string? ReasonToSkip(IEnumerable<string> needs)
    {
        if (Environment.GetEnvironmentVariable("CI") == "true") return null;
        var missing = needs.Where(need => !IsHere(need)).ToArray();
        return missing.Length == 0 ? null : $"missing on this machine: {string.Join(", ", missing)} (./test.sh installs what it can)";
    }

    /// <summary>As <see cref="ReasonToSkip"/>, for what only root can do.</summary>
    public static string? ReasonToSkipAsRoot(IEnumerable<string> needs) =>
        Environment.IsPrivilegedProcess || Environment.GetEnvironmentVariable("CI") == "true" ? ReasonToSkip(needs) : "only root can run this test";

    private static bool IsHere(string need) =>
        need.StartsWith('/')
            ? File.Exists(need)
            : (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Append("/usr/sbin").Any(folder => File.Exists(Path.Combine(folder, need)));
}
