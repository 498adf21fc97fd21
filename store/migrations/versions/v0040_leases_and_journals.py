"""Leases and journals of texts in the database, for several machines that share no disk."""

import sqlalchemy as sa
from alembic import op

import store.base

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_MOMENT = store.base.UtcDateTime(timezone=True)

_UNDER_WAY = """
INSERT INTO journal_lines (key, line, written_at)
SELECT key, CAST('{"elsewhere": true}' AS jsonb), clock_timestamp() FROM deliveries
WHERE state = 'open' AND channel = 'sms'
UNION SELECT key, CAST('{"elsewhere": true}' AS jsonb), clock_timestamp() FROM answers
WHERE state IN ('claimed', 'unknown') AND key IS NOT NULL
"""
"""Batches that were begun before have their journal in a folder: every text of theirs is looked for."""


def upgrade() -> None:
    """Make the tables, and mark the batches that are under way."""
    op.create_table(
        "leases",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("epoch", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("held_until", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_leases")),
    )
    op.create_table(
        "journal_lines",
        sa.Column("id", _NUMBER, autoincrement=True, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("line", store.base.Json, nullable=False),
        sa.Column("written_at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_journal_lines")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_journal_lines_key", "journal_lines", ["key"])
    op.create_index("ix_journal_lines_written_at", "journal_lines", ["written_at"])
    if op.get_bind().dialect.name == "postgresql":
        op.execute(_UNDER_WAY)


def downgrade() -> None:
    """Take them away."""
    op.drop_table("journal_lines")
    op.drop_table("leases")
