"""Which appointment was moved to which, so that a calendar sees one event."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the column. What was moved before stays unlinked."""
    op.add_column("appointments", sa.Column("moved_from", _NUMBER, nullable=True))
    op.create_index("ix_appointments_moved_from", "appointments", ["moved_from"], unique=False)


def downgrade() -> None:
    """Take the column away."""
    op.drop_index("ix_appointments_moved_from", "appointments")
    op.drop_column("appointments", "moved_from")
