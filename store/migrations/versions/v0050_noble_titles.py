"""Titles and predicates of nobility, and whether a partner is a former one."""

import sqlalchemy as sa
from alembic import op

revision = "0050"
down_revision = "0049"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the columns."""
    for name in ("noble_title", "partner_noble_title"):
        op.add_column(
            "people", sa.Column(name, sa.Text(), server_default=sa.text("''"), nullable=False)
        )
    op.add_column(
        "people",
        sa.Column("partner_former", sa.Boolean(), server_default=sa.false(), nullable=False),
    )


def downgrade() -> None:
    """Take them away."""
    for name in ("partner_former", "partner_noble_title", "noble_title"):
        op.drop_column("people", name)
