"""An index of the touches that wait, so that a claim costs the same however many are due."""

import sqlalchemy as sa
from alembic import op

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the index."""
    op.create_index(
        "ix_touches_waiting",
        "touches",
        ["step_id", "wave_id", "not_before", "id"],
        sqlite_where=sa.text("state = 'planned'"),
        postgresql_where=sa.text("state = 'planned'"),
    )


def downgrade() -> None:
    """Take it away."""
    op.drop_index("ix_touches_waiting", "touches")
