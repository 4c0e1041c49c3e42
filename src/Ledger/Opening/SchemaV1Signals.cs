namespace ProviderAgent.Ledger;

/// <summary>Table of signs of abuse in the first schema.</summary>
internal static class SchemaV1Signals
{
    public const string Sql =
        """

        CREATE TABLE lease_signal (
            lease_id TEXT NOT NULL,
            kind     TEXT NOT NULL,
            first_at INTEGER NOT NULL,
            last_at  INTEGER NOT NULL,
            seen     INTEGER NOT NULL,
            PRIMARY KEY (lease_id, kind)
        ) STRICT;
        """;
}
