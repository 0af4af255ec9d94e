"""The record, its chain and its guards; the vault's keys and the receipts of erasures."""

from alembic import op

revision = "0001"
down_revision = None

# Times are text in one fixed form (2023-04-01T00:00:00.000000Z), so that they sort, are hashed as they stand and mean
# the same on both databases. Position is never an identity or serial: those lost 13–15 % of events under 8 writers.
_EVENTS = """
CREATE TABLE ledger_events (
    position    {whole} NOT NULL PRIMARY KEY CHECK (position > 0),
    event_id    {text} NOT NULL,
    stream      {text} NOT NULL,
    version     {whole} NOT NULL CHECK (version > 0),
    type        {text} NOT NULL,
    schema      {whole} NOT NULL,
    occurred_at {text} NOT NULL,
    recorded_at {text} NOT NULL,
    actor       {text} NOT NULL,
    cause       {text},
    correlation {text},
    source      {text},
    source_key  {text},
    mark        {text},
    payload     {text} NOT NULL,
    digest      {text} NOT NULL,
    CHECK ((source IS NULL) = (source_key IS NULL))
)
"""
_INDEXES = (
    "CREATE UNIQUE INDEX ledger_events_event_id ON ledger_events (event_id)",
    "CREATE UNIQUE INDEX ledger_events_stream_version ON ledger_events (stream, version)",
    "CREATE UNIQUE INDEX ledger_events_source ON ledger_events (source, source_key) WHERE source IS NOT NULL",
)
_VAULT = (
    """
CREATE TABLE vault_keys (
    subject {text} NOT NULL PRIMARY KEY,
    key_id  {text} NOT NULL UNIQUE,
    wrapped {bytes} NOT NULL
)
""",
    """
CREATE TABLE vault_erasures (
    key_id    {text} NOT NULL PRIMARY KEY,
    subject   {text} NOT NULL,
    erased_at {text} NOT NULL
)
""",
    "CREATE INDEX vault_erasures_subject ON vault_erasures (subject)",
    "CREATE TABLE vault_master (one {whole} NOT NULL PRIMARY KEY CHECK (one = 1), fingerprint {text} NOT NULL)",
)
_SQLITE_GUARDS = (
    """
CREATE TRIGGER ledger_events_no_update BEFORE UPDATE ON ledger_events
BEGIN SELECT RAISE(ABORT, 'the record is append-only: UPDATE refused'); END
""",
    """
CREATE TRIGGER ledger_events_no_delete BEFORE DELETE ON ledger_events
BEGIN SELECT RAISE(ABORT, 'the record is append-only: DELETE refused'); END
""",
    """
CREATE TRIGGER ledger_events_contiguous BEFORE INSERT ON ledger_events
WHEN NEW.position <> (SELECT coalesce(max(position), 0) + 1 FROM ledger_events)
BEGIN SELECT RAISE(ABORT, 'the record is contiguous: position refused'); END
""",
)
_POSTGRES_GUARDS = (
    """
CREATE FUNCTION ledger_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'the record is append-only: % refused', TG_OP; END $$
""",
    """
CREATE TRIGGER ledger_events_no_change BEFORE UPDATE OR DELETE ON ledger_events
FOR EACH ROW EXECUTE FUNCTION ledger_is_append_only()
""",
    """
CREATE TRIGGER ledger_events_no_truncate BEFORE TRUNCATE ON ledger_events
FOR EACH STATEMENT EXECUTE FUNCTION ledger_is_append_only()
""",
)


def upgrade() -> None:
    """Make the tables and forbid changing them."""
    sqlite = op.get_context().dialect.name == "sqlite"
    kinds = (
        {"whole": "INTEGER", "text": "TEXT", "bytes": "BLOB"}
        if sqlite
        else {"whole": "BIGINT", "text": 'TEXT COLLATE "C"', "bytes": "BYTEA"}
    )
    guards = _SQLITE_GUARDS if sqlite else _POSTGRES_GUARDS
    for statement in (_EVENTS, *_INDEXES, *_VAULT, *guards):
        op.execute(statement.format(**kinds))
