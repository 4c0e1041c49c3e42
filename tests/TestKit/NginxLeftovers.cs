using System.Diagnostics;
using System.Globalization;

namespace ProviderAgent.TestKit;

/// <summary>Ends what a test's own nginx has left running. Its processes are no children of the test, and workers outlive a master that was killed.</summary>
public static class NginxLeftovers
{
    /// <summary>Process ids of every master and worker that has its files below a folder.</summary>
    public static IReadOnlyList<int> Find(string folder) =>
        [.. Directory.EnumerateDirectories("/proc").Select(process => int.TryParse(Path.GetFileName(process.AsSpan()), NumberStyles.None, CultureInfo.InvariantCulture, out var pid) ? pid : 0).Where(pid => pid > 1 && IsOf(pid, folder))];

    /// <summary>kill -9 of the master first, which would replace its workers, then of the workers.</summary>
    public static async Task EndAsync(string folder)
    {
        await Eventually.BecomesTrueAsync($"nginx in {folder} to be gone", () =>
        {
            var left = Find(folder);
            foreach (var pid in left.OrderBy(pid => Title(pid).Contains("master", StringComparison.Ordinal) ? 0 : 1)) Kill(pid);
            return left.Count == 0;
        });
    }

    private static bool IsOf(int pid, string folder)
    {
        if (!Title(pid).StartsWith("nginx: ", StringComparison.Ordinal)) return false;
        try
        {
            return Directory.EnumerateFiles(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/fd"))
                .Any(file => File.ResolveLinkTarget(file, returnFinalTarget: false)?.FullName.StartsWith(folder + "/", StringComparison.Ordinal) == true);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return false; // gone meanwhile
        }
    }

    private static string Title(int pid)
    {
        try
        {
            return File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/cmdline"));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    private static void Kill(int pid)
    {
        try
        {
            using var process = Process.GetProcessById(pid);
            process.Kill();
        }
        catch (Exception error) when (error is ArgumentException or InvalidOperationException)
        {
            // gone meanwhile
        }
    }
}
