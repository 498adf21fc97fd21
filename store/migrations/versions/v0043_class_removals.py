"""Records of what was removed by the period of its class."""

import sqlalchemy as sa
from alembic import op

import store.base

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "class_removals",
        sa.Column("id", _KEY, autoincrement=True, nullable=False),
        sa.Column("retention", sa.Text(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("emptied", sa.Boolean(), nullable=False),
        sa.Column("rows", _KEY, nullable=False),
        sa.Column("days", _KEY, nullable=False),
        sa.Column("removed_at", store.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("removed_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_class_removals")),
        sqlite_autoincrement=True,
    )


def downgrade() -> None:
    """Take it away."""
    op.drop_table("class_removals")
