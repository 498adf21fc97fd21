"""Stops of everything, each with the two people who lifted it."""

import sqlalchemy as sa
from alembic import op

import store.base

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_MOMENT = store.base.UtcDateTime(timezone=True)


def upgrade() -> None:
    """Make the table. Nothing is stopped."""
    op.create_table(
        "stops_of_everything",
        sa.Column("id", _NUMBER, autoincrement=True, nullable=False),
        sa.Column("stopped_at", _MOMENT, nullable=False),
        sa.Column("stopped_by", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("asked_at", _MOMENT, nullable=True),
        sa.Column("asked_by", sa.Text(), nullable=True),
        sa.Column("lifted_at", _MOMENT, nullable=True),
        sa.Column("lifted_by", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_stops_of_everything"),
        sqlite_autoincrement=True,
    )


def downgrade() -> None:
    """Drop the table."""
    op.drop_table("stops_of_everything")
