"""Pace and circuit breakers of the provider of texts in the database, one for all machines."""

import sqlalchemy as sa
from alembic import op

import store.base

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "sending_limits",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("turn", store.base.UtcDateTime(timezone=True), nullable=True),
        sa.Column("trip", store.base.Json, nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_sending_limits")),
    )


def downgrade() -> None:
    """Take it away."""
    op.drop_table("sending_limits")
