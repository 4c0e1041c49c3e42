namespace ProviderAgent.Ledger;

/// <summary>The table of host names in the first schema.</summary>
internal static class SchemaV1HostNames
{
    public const string Sql =
        """

        CREATE TABLE host_name (
            name      TEXT PRIMARY KEY,
            lease_id  TEXT NOT NULL,
            proven_at INTEGER,
            held_at   INTEGER NOT NULL
        ) STRICT;
        CREATE INDEX host_name_lease ON host_name (lease_id);
        """;
}
