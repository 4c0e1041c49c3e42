namespace ProviderAgent.Ledger;

/// <summary>Schema version 1. Released text is never edited: a change is a new step in <see cref="LedgerSchema"/>.</summary>
/// <remarks>
/// Times are milliseconds since 1970 (UTC), ticks are the market's, ids are in their text form, money is an integer with its coin.
/// <c>usage*</c> and <c>settlement</c> are append-only and hash-chained; see <see cref="RowHasher"/>.
/// </remarks>
internal static class SchemaV1
{
    public const string Sql =
        """
        CREATE TABLE identity (
            id        INTEGER PRIMARY KEY CHECK (id = 1),
            network   TEXT NOT NULL,
            provider  TEXT NOT NULL,
            bound_at  INTEGER NOT NULL
        ) STRICT;

        CREATE TABLE quarantine (
            id      INTEGER PRIMARY KEY,
            source  TEXT NOT NULL,
            reason  TEXT NOT NULL,
            content TEXT NOT NULL,
            at      INTEGER NOT NULL
        ) STRICT;

        CREATE TABLE cursor (
            name       TEXT PRIMARY KEY,
            position   INTEGER NOT NULL,
            updated_at INTEGER NOT NULL
        ) STRICT;

        CREATE TABLE intent (
            id           INTEGER PRIMARY KEY AUTOINCREMENT,
            kind         TEXT NOT NULL,
            subject      TEXT NOT NULL,
            body         TEXT NOT NULL,
            begun_at     INTEGER NOT NULL,
            outcome      TEXT,
            completed_at INTEGER
        ) STRICT;
        CREATE INDEX intent_open ON intent (kind, id) WHERE completed_at IS NULL;
        CREATE INDEX intent_completed ON intent (completed_at) WHERE completed_at IS NOT NULL;
        CREATE INDEX intent_subject ON intent (subject, id);

        CREATE TABLE outbox (
            id             INTEGER PRIMARY KEY AUTOINCREMENT,
            hash           TEXT NOT NULL UNIQUE,
            body           BLOB NOT NULL,
            sequence       INTEGER NOT NULL,
            timeout_height INTEGER NOT NULL,
            summary        TEXT NOT NULL,
            created_at     INTEGER NOT NULL,
            outcome        TEXT,
            closed_at      INTEGER
        ) STRICT;
        CREATE INDEX outbox_open ON outbox (sequence, id) WHERE closed_at IS NULL;
        CREATE INDEX outbox_closed ON outbox (closed_at) WHERE closed_at IS NOT NULL;

        CREATE TABLE decision (
            order_id   TEXT PRIMARY KEY,
            decided_at INTEGER NOT NULL,
            result     TEXT NOT NULL,
            reason     TEXT NOT NULL,
            detail     TEXT NOT NULL,
            price      TEXT,
            inputs     TEXT NOT NULL,
            times      INTEGER NOT NULL
        ) STRICT;
        CREATE INDEX decision_time ON decision (decided_at);

        CREATE TABLE lease (
            lease_id     TEXT PRIMARY KEY,
            state        TEXT NOT NULL,
            price        TEXT NOT NULL,
            price_denom  TEXT NOT NULL,
            price_per    TEXT NOT NULL,
            created_at   INTEGER NOT NULL,
            created_tick INTEGER,
            closed_at    INTEGER,
            closed_tick  INTEGER,
            close_reason TEXT NOT NULL,
            manifest     TEXT,
            extra        TEXT NOT NULL,
            updated_at   INTEGER NOT NULL
        ) STRICT;
        CREATE INDEX lease_open ON lease (lease_id) WHERE closed_at IS NULL;

        CREATE TABLE manifest (
            id          INTEGER PRIMARY KEY AUTOINCREMENT,
            lease_id    TEXT NOT NULL,
            hash        TEXT NOT NULL,
            body        BLOB NOT NULL,
            accepted_at INTEGER NOT NULL
        ) STRICT;
        CREATE INDEX manifest_lease ON manifest (lease_id, id);

        CREATE TABLE port (
            protocol       TEXT NOT NULL,
            host_port      INTEGER NOT NULL,
            lease_id       TEXT NOT NULL,
            service        TEXT NOT NULL,
            container_port INTEGER NOT NULL,
            reserved_at    INTEGER NOT NULL,
            UNIQUE (protocol, host_port),
            UNIQUE (lease_id, service, container_port, protocol)
        ) STRICT;

        CREATE TABLE chain_head (
            name TEXT PRIMARY KEY,
            seq  INTEGER NOT NULL,
            hash BLOB NOT NULL
        ) STRICT;

        CREATE TABLE usage_source (
            id           INTEGER PRIMARY KEY,
            lease_id     TEXT NOT NULL,
            service      TEXT NOT NULL,
            replica      INTEGER NOT NULL,
            container_id TEXT NOT NULL,
            started_at   INTEGER NOT NULL,
            last_at      INTEGER NOT NULL,
            cpu_ns       INTEGER NOT NULL,
            rx_bytes     INTEGER NOT NULL,
            tx_bytes     INTEGER NOT NULL,
            UNIQUE (container_id, started_at)
        ) STRICT;
        CREATE INDEX usage_source_lease ON usage_source (lease_id);
        CREATE INDEX usage_source_last ON usage_source (last_at);

        CREATE TABLE usage (
            seq         INTEGER PRIMARY KEY,
            source      INTEGER NOT NULL,
            from_at     INTEGER NOT NULL,
            to_at       INTEGER NOT NULL,
            cpu_ns      INTEGER NOT NULL,
            memory_bs   INTEGER NOT NULL,
            rx_bytes    INTEGER NOT NULL,
            tx_bytes    INTEGER NOT NULL,
            measured_ms INTEGER NOT NULL,
            gap_ms      INTEGER NOT NULL,
            hash        BLOB NOT NULL,
            UNIQUE (source, to_at)
        ) STRICT;

        CREATE TABLE usage_seal (
            seq         INTEGER PRIMARY KEY,
            first_row   INTEGER NOT NULL,
            last_row    INTEGER NOT NULL,
            hash_before BLOB NOT NULL,
            hash_after  BLOB NOT NULL,
            sealed_at   INTEGER NOT NULL,
            hash        BLOB NOT NULL
        ) STRICT;

        CREATE TABLE usage_day (
            id          INTEGER PRIMARY KEY,
            seal        INTEGER NOT NULL,
            day         INTEGER NOT NULL,
            lease_id    TEXT NOT NULL,
            service     TEXT NOT NULL,
            replica     INTEGER NOT NULL,
            cpu_ns      INTEGER NOT NULL,
            memory_bs   INTEGER NOT NULL,
            rx_bytes    INTEGER NOT NULL,
            tx_bytes    INTEGER NOT NULL,
            measured_ms INTEGER NOT NULL,
            gap_ms      INTEGER NOT NULL,
            rows        INTEGER NOT NULL,
            UNIQUE (seal, day, lease_id, service, replica)
        ) STRICT;
        CREATE INDEX usage_day_lease ON usage_day (lease_id, day);

        CREATE TABLE settlement (
            seq         INTEGER PRIMARY KEY,
            lease_id    TEXT NOT NULL,
            tick        INTEGER NOT NULL,
            withdrawn   INTEGER NOT NULL,
            delta       INTEGER NOT NULL,
            denom       TEXT NOT NULL,
            transaction_hash TEXT NOT NULL,
            fee         INTEGER,
            fee_denom   TEXT,
            recorded_at INTEGER NOT NULL,
            hash        BLOB NOT NULL,
            UNIQUE (lease_id, withdrawn)
        ) STRICT;
        """;
}
