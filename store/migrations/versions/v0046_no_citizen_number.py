"""The keyed hash of the citizen number goes, which nothing read."""

import sqlalchemy as sa
from alembic import op

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Take the column away, with what it holds."""
    op.drop_index("ix_people_bsn_hash", table_name="people")
    op.drop_column("people", "bsn_hash")


def downgrade() -> None:
    """Make the column again, empty."""
    op.add_column("people", sa.Column("bsn_hash", sa.Text(), nullable=True))
    op.create_index("ix_people_bsn_hash", "people", ["bsn_hash"])
