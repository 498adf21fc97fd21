"""The index of promised windows that have not opened, with nothing else in it."""

import sqlalchemy as sa
from alembic import op

revision = "0053"
down_revision = "0052"
branch_labels = None
depends_on = None

_UNOPENED = sa.text("due_by is null")


def upgrade() -> None:
    """Put the smaller index in the place of the former."""
    op.drop_index("ix_calls_opening", table_name="calls")
    op.create_index(
        "ix_calls_opening",
        "calls",
        ["state", "promised_from"],
        sqlite_where=_UNOPENED,
        postgresql_where=_UNOPENED,
    )


def downgrade() -> None:
    """Put the former index back."""
    op.drop_index("ix_calls_opening", table_name="calls")
    op.create_index("ix_calls_opening", "calls", ["state", "due_by", "promised_from"])
