"""Words of templates that were written in the console."""

import sqlalchemy as sa
from alembic import op

import store.base

revision = "0038"
down_revision = "0035"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "template_words",
        sa.Column("template", sa.Text(), nullable=False),
        sa.Column("file", sa.Text(), nullable=False),
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("saved_at", store.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("saved_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("template", "file", "number", name=op.f("pk_template_words")),
    )


def downgrade() -> None:
    """Take it away."""
    op.drop_table("template_words")
