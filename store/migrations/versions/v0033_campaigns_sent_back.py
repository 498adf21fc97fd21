"""Campaigns that are sent back with remarks, and the versions of one name."""

import sqlalchemy as sa
from alembic import op

import store.base

revision = "0033"
down_revision = "0037"
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_MOMENT = store.base.UtcDateTime(timezone=True)


def upgrade() -> None:
    """Add the columns. What was submitted before is the first version of its name."""
    number = sa.Column("version", _NUMBER, server_default="1", nullable=False)
    op.add_column("campaigns", number)
    op.add_column("campaigns", sa.Column("sent_back_at", _MOMENT, nullable=True))
    op.add_column("campaigns", sa.Column("sent_back_by", sa.Text(), nullable=True))
    op.add_column("campaigns", sa.Column("remarks", sa.Text(), nullable=True))


def downgrade() -> None:
    """Take the columns away."""
    for name in ("version", "sent_back_at", "sent_back_by", "remarks"):
        op.drop_column("campaigns", name)
