"""Which appointment was moved to which, and when an agent last did something in an entry."""

import sqlalchemy as sa
from alembic import op

import store.base

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_MOMENT = store.base.UtcDateTime(timezone=True)


def upgrade() -> None:
    """Add the columns. What was moved before stays unlinked."""
    op.add_column("calls", sa.Column("acted_at", _MOMENT, nullable=True))
    op.add_column("appointments", sa.Column("moved_from", _NUMBER, nullable=True))
    op.create_index("ix_appointments_moved_from", "appointments", ["moved_from"], unique=False)


def downgrade() -> None:
    """Take the columns away."""
    op.drop_column("calls", "acted_at")
    op.drop_index("ix_appointments_moved_from", "appointments")
    op.drop_column("appointments", "moved_from")
