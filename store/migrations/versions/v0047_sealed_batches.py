"""Seals of batches, files of print runs and notes on their way in the database, for any machine."""

import sqlalchemy as sa
from alembic import op

import store.base

revision = "0047"
down_revision = "0046"
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_MOMENT = store.base.UtcDateTime(timezone=True)


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "sealed_batches",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("seal", sa.Text(), nullable=False),
        sa.Column("sealed_at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_sealed_batches")),
    )
    op.create_table(
        "shared_files",
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("bytes", _NUMBER, nullable=False),
        sa.Column("put_at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("place", name=op.f("pk_shared_files")),
    )
    op.create_table(
        "shipping_notes",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("noted_at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_shipping_notes")),
    )


def downgrade() -> None:
    """Take them away."""
    op.drop_table("shipping_notes")
    op.drop_table("shared_files")
    op.drop_table("sealed_batches")
