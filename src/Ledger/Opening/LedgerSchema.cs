namespace ProviderAgent.Ledger;

/// <summary>The ladder of schema versions. Step n brings a file from version n − 1 to n; there is no way down.</summary>
/// <param name="Steps">Texts of the steps, oldest first.</param>
internal sealed record LedgerSchema(IReadOnlyList<string> Steps)
{
    /// <summary>What this version of the program writes.</summary>
    public static LedgerSchema Current { get; } = new([string.Join('\n', SchemaV1.Sql, SeenOrdersSchema.Sql, SchemaV1Gpus.Sql, SchemaV1Signals.Sql, SchemaV1HostNames.Sql, SchemaV1Keys.Sql)]);

    /// <summary>The newest version that this ladder knows.</summary>
    public int Version => Steps.Count;

    /// <summary>Brings the file to <see cref="Version"/> in one transaction: after a crash it has the old or the new schema, nothing between.</summary>
    /// <returns>The version that the file had; 0 for a new one.</returns>
    /// <exception cref="LedgerRefusedException">The file is newer than this ladder, or is some other database.</exception>
    public int Upgrade(SqlSession session, string file, DateTimeOffset now)
    {
        session.Execute("BEGIN IMMEDIATE");
        try
        {
            var found = ReadVersion(session, file);
            if (found > Version)
            {
                throw new LedgerRefusedException(
                    $"{file} was written by a newer version (schema {found}, this one knows {Version}); install that version again, or start with another state directory");
            }

            for (var version = found + 1; version <= Version; version++)
            {
                session.Execute(Steps[version - 1]);
                session.Execute("INSERT INTO schema_version (version, applied_at) VALUES ($1, $2)", version, now.ToMs());
            }

            session.Execute("COMMIT");
            return found;
        }
        catch
        {
            Rollback(session);
            throw;
        }
    }

    private static int ReadVersion(SqlSession session, string file)
    {
        if (session.FindInteger("SELECT count(*) FROM sqlite_schema WHERE name = 'schema_version'") == 0)
        {
            if (session.FindInteger("SELECT count(*) FROM sqlite_schema") != 0)
            {
                throw new LedgerRefusedException($"{file} is a database of something else; move it away, or choose another state directory");
            }

            session.Execute("CREATE TABLE schema_version (version INTEGER PRIMARY KEY, applied_at INTEGER NOT NULL) STRICT");
        }

        return (int)(session.FindInteger("SELECT max(version) FROM schema_version") ?? 0);
    }

    private static void Rollback(SqlSession session)
    {
        try
        {
            session.Execute("ROLLBACK");
        }
        catch (Microsoft.Data.Sqlite.SqliteException)
        {
            // SQLite has rolled back by itself, as it does after some storage faults; the first error is the one that counts.
        }
    }
}
