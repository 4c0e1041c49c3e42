namespace ProviderAgent.Ledger;

/// <summary>Tables of GPUs in the first schema.</summary>
internal static class SchemaV1Gpus
{
    public const string Sql =
        """

        CREATE TABLE gpu_quarantine (
            uuid     TEXT PRIMARY KEY,
            reason   TEXT NOT NULL,
            since_at INTEGER NOT NULL
        ) STRICT;

        CREATE TABLE gpu_pick (
            order_id  TEXT NOT NULL,
            uuid      TEXT NOT NULL,
            unit      INTEGER NOT NULL,
            replica   INTEGER NOT NULL,
            picked_at INTEGER NOT NULL,
            PRIMARY KEY (order_id, uuid)
        ) STRICT;
        """;
}
