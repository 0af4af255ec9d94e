"""The schema's history, for alembic; `ledger.migrate` runs it."""
