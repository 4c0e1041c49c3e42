using Microsoft.Data.Sqlite;

namespace ProviderAgent.Ledger;

/// <summary>Tells faults of the storage from mistakes in our own statements, by SQLite's primary result codes (sqlite.org/rescode.html).</summary>
internal static class StorageFaults
{
    private const int Busy = 5;
    private const int Locked = 6;
    private const int NoMemory = 7;
    private const int ReadOnly = 8;
    private const int InputOutput = 10;
    private const int Corrupt = 11;
    private const int Full = 13;
    private const int CannotOpen = 14;
    private const int Protocol = 15;
    private const int NotADatabase = 26;
    private const int Permission = 3;

    /// <summary>SQLITE_INTERRUPT: a read was cancelled.</summary>
    public const int Interrupted = 9;

    /// <summary>SQLITE_CONSTRAINT: a row with that key exists, or a value breaks a rule of the schema.</summary>
    public const int Constraint = 19;

    /// <summary>True when the bytes of the file make no sense.</summary>
    public static bool IsDamage(SqliteException error) => error.SqliteErrorCode is Corrupt or NotADatabase;

    /// <summary>True when the storage is at fault and the whole transaction is lost.</summary>
    public static bool IsStorage(SqliteException error) =>
        error.SqliteErrorCode is Busy or Locked or NoMemory or ReadOnly or InputOutput or Corrupt or Full or CannotOpen or Protocol or NotADatabase or Permission;

    /// <summary>The same fault in words for people, with what to do.</summary>
    public static LedgerUnavailableException Explain(SqliteException error, string file) =>
        new($"{Cause(error, file)} (SQLite code {error.SqliteExtendedErrorCode})", !IsDamage(error), error);

    private static string Cause(SqliteException error, string file) => error.SqliteErrorCode switch
    {
        Full => $"the disk of {file} is full; free some space, the ledger continues by itself",
        ReadOnly => $"{file} cannot be written because it or its file system is read-only; make it writable, the ledger continues by itself",
        CannotOpen or Permission => $"{file} cannot be opened; check that its folder exists and belongs to this user",
        Busy or Locked => $"{file} is locked by another program; close whatever has the database open",
        Corrupt or NotADatabase => $"{file} is damaged; restart, then it is moved aside and a fresh one is started",
        InputOutput => $"reading or writing {file} failed; check the disk",
        _ => $"{file} cannot be used: {error.Message}",
    };
}
