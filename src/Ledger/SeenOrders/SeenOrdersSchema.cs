namespace ProviderAgent.Ledger;

/// <summary>Table of seen orders; part of schema version 1.</summary>
/// <remarks>The body is the bidding room's compact form. Rows are in the order in which they were seen.</remarks>
internal static class SeenOrdersSchema
{
    public const string Sql =
        """
        CREATE TABLE seen_order (
            id       INTEGER PRIMARY KEY,
            order_id TEXT NOT NULL UNIQUE,
            seen_at  INTEGER NOT NULL,
            body     BLOB NOT NULL,
            winner   TEXT,
            price    TEXT
        ) STRICT;
        CREATE INDEX seen_order_time ON seen_order (seen_at);
        """;
}
