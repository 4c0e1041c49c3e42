namespace ProviderAgent.Ledger;

/// <summary>Table of accounts' public keys in the first schema.</summary>
internal static class SchemaV1Keys
{
    public const string Sql =
        """

        CREATE TABLE account_key (
            account TEXT PRIMARY KEY,
            key     BLOB NOT NULL
        ) STRICT;
        """;
}
