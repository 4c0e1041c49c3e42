using System.Globalization;

namespace ProviderAgent.Ledger;

/// <summary>The files of one ledger and their modes.</summary>
/// <param name="Directory">The state directory.</param>
internal sealed record LedgerFiles(string Directory)
{
    /// <summary>Damaged files kept side by side. More than these mean a failing disk, which a person has to look at.</summary>
    private const int MaxDamaged = 9;

    private const UnixFileMode FolderMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    // Manifests carry registry passwords and secrets of tenants.
    private const UnixFileMode FileMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    public string Database { get; } = Path.Combine(Directory, "ledger.db");

    public string Lock { get; } = Path.Combine(Directory, "ledger.lock");

    /// <summary>Holds the pid of whoever has the lock, for the message to the next one.</summary>
    public string Holder { get; } = Path.Combine(Directory, "ledger.pid");

    /// <summary>Size of the database and its write-ahead log in bytes; files that are not there count nothing.</summary>
    public long Size() => Length(Database) + Length(Database + "-wal");

    /// <summary>Makes the state directory, mode 0700, if it is missing. The mode of an existing one is the operator's business.</summary>
    /// <exception cref="LedgerUnavailableException">It cannot be made.</exception>
    public void PrepareDirectory()
    {
        try
        {
            if (!System.IO.Directory.Exists(Directory)) CreateDirectory();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new LedgerUnavailableException($"the state directory {Directory} cannot be made ({e.Message}); make it and give it to this user", true, e);
        }
    }

    /// <summary>Makes the database file with mode 0600, or takes wider rights away from an existing one. SQLite gives its log the same mode.</summary>
    /// <exception cref="LedgerUnavailableException">It cannot be made.</exception>
    public void PrepareDatabase()
    {
        try
        {
            Open(Database).Dispose();
            if (!OperatingSystem.IsWindows() && File.GetUnixFileMode(Database) != FileMode) File.SetUnixFileMode(Database, FileMode);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new LedgerUnavailableException($"{Database} cannot be opened ({e.Message}); check that it belongs to this user", true, e);
        }
    }

    /// <summary>Opens a file for reading and writing under mode 0600, making it if it is missing.</summary>
    public static FileStream Open(string path, FileShare share = FileShare.ReadWrite)
    {
        var options = new FileStreamOptions { Mode = System.IO.FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = share };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = FileMode;
        return new(path, options);
    }

    /// <summary>Renames the database and what belongs to it to <c>ledger.db.damaged-1</c>, or the next free number.</summary>
    /// <returns>The new path of the database.</returns>
    /// <exception cref="LedgerRefusedException">Too many damaged files lie there already.</exception>
    public string MoveAside()
    {
        for (var n = 1; n <= MaxDamaged; n++)
        {
            var target = string.Create(CultureInfo.InvariantCulture, $"{Database}.damaged-{n}");
            if (File.Exists(target)) continue;
            File.Move(Database, target);
            foreach (var suffix in new[] { "-wal", "-shm" })
            {
                if (File.Exists(Database + suffix)) File.Move(Database + suffix, target + suffix, overwrite: true);
            }

            return target;
        }

        throw new LedgerRefusedException(
            $"the ledger is damaged, and {MaxDamaged} damaged ones lie in {Directory} already; check the disk, then move the files ledger.db.damaged-* away");
    }

    private static long Length(string path)
    {
        var file = new FileInfo(path);
        return file.Exists ? file.Length : 0;
    }

    private void CreateDirectory()
    {
        if (OperatingSystem.IsWindows()) System.IO.Directory.CreateDirectory(Directory);
        else System.IO.Directory.CreateDirectory(Directory, FolderMode);
    }
}
