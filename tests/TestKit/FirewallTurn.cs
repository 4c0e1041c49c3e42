namespace ProviderAgent.TestKit;

/// <summary>One test at a time loads the firewall's table: a machine has only one, and test projects run side by side.</summary>
public static class FirewallTurn
{
    private static readonly string LockFile = Path.Combine(Path.GetTempPath(), "provider-agent-tests.firewall");

    /// <summary>Waits for the turn; disposing the result ends it.</summary>
    public static async Task<IDisposable> TakeAsync() => await Eventually.GetAsync<FileStream>("a turn at the firewall", () => Task.FromResult(TryOpen()), TimeSpan.FromMinutes(5));

    private static FileStream? TryOpen()
    {
        try
        {
            return new FileStream(LockFile, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException)
        {
            return null; // somebody else's turn
        }
    }
}
