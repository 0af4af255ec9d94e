"""Where readers of something outside stand: moved in the transaction of the events they brought."""

from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make the table."""
    sqlite = op.get_context().dialect.name == "sqlite"
    whole, text = ("INTEGER", "TEXT") if sqlite else ("BIGINT", 'TEXT COLLATE "C"')
    op.execute(
        f"""
        CREATE TABLE ledger_bookmarks (
            reader {text} NOT NULL,
            name   {text} NOT NULL,
            place  {whole} NOT NULL,
            PRIMARY KEY (reader, name)
        )
        """
    )
