"""Alembic's entry point, on the connection that `store.migrating` opened."""

from alembic import context

from store.base import Table
from store.tables import load_all

load_all()  # the metadata must be whole before Alembic compares it
connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Table.metadata,
    render_as_batch=connection.dialect.name == "sqlite",
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
