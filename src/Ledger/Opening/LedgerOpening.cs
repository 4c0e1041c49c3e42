using Microsoft.Data.Sqlite;

namespace ProviderAgent.Ledger;

/// <summary>A checked and upgraded database, ready for its writer.</summary>
/// <param name="Session">The open connection; the caller owns it.</param>
/// <param name="UpgradedFrom">Schema version found in the file; 0 for a new file.</param>
/// <param name="Damaged">Where a damaged predecessor was put; null when there was none.</param>
/// <param name="Damage">What was wrong with it.</param>
internal sealed record LedgerOpening(SqlSession Session, int UpgradedFrom, string? Damaged, string? Damage)
{
    /// <summary>Opens the file; a damaged one is moved aside and replaced by a fresh one.</summary>
    /// <exception cref="LedgerException">The file cannot or must not be used.</exception>
    public static LedgerOpening Open(LedgerFiles files, LedgerSchema schema, TimeProvider time)
    {
        try
        {
            files.PrepareDatabase();
            var session = TryOpen(files, schema, time, out var version, out var damage);
            if (session is not null) return new(session, version, null, null);

            var aside = files.MoveAside();
            files.PrepareDatabase();
            session = TryOpen(files, schema, time, out version, out var again);
            return session is not null
                ? new(session, version, aside, damage)
                : throw new LedgerUnavailableException($"a fresh {files.Database} is damaged at once ({again}); check the disk", false, null);
        }
        catch (SqliteException e) when (StorageFaults.IsStorage(e))
        {
            throw StorageFaults.Explain(e, files.Database);
        }
        catch (SqliteException e)
        {
            throw new LedgerRefusedException($"{files.Database} could not be brought to schema {schema.Version} and is unchanged ({e.Message}); install the version before, and report this", e);
        }
        catch (IOException e)
        {
            throw new LedgerUnavailableException($"{files.Database} cannot be moved aside ({e.Message}); check the disk", true, e);
        }
    }

    /// <returns>Null, with the reason, when the file is damaged.</returns>
    private static SqlSession? TryOpen(LedgerFiles files, LedgerSchema schema, TimeProvider time, out int version, out string damage)
    {
        (version, damage) = (0, "");
        SqlSession? session = null;
        try
        {
            session = SqlSession.OpenWriter(files.Database);
            damage = session.FindText("PRAGMA quick_check(1)") ?? "no answer";
            if (damage != "ok") return null;

            version = schema.Upgrade(session, files.Database, time.GetUtcNow());
            damage = MissingTable(session, schema) ?? "";
            if (damage.Length > 0) return null;

            var result = session;
            session = null;
            return result;
        }
        catch (SqliteException e) when (StorageFaults.IsDamage(e))
        {
            damage = e.Message;
            return null;
        }
        finally
        {
            session?.Dispose();
        }
    }

    /// <summary>A file that says it has this version but lacks a table is damaged too; without this check each use of that table would fail.</summary>
    private static string? MissingTable(SqlSession session, LedgerSchema schema)
    {
        const string names = "SELECT name FROM sqlite_schema WHERE type = 'table'";
        using var model = SqlSession.OpenWriter(":memory:");
        schema.Upgrade(model, "model", DateTimeOffset.UnixEpoch);
        var here = session.Query(names, row => row.Text(0)).ToHashSet(StringComparer.Ordinal);
        var missing = model.Query(names, row => row.Text(0)).Find(name => !here.Contains(name));
        return missing is null ? null : $"table {missing} is missing";
    }
}
