"""Alembic's way in: it runs on the connection, and within the lock, that `ledger.migrate` holds."""

from alembic import context

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=None, transactional_ddl=True)
with context.begin_transaction():
    context.run_migrations()
