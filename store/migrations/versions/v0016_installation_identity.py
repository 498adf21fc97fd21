"""The database knows which installation it belongs to."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

import store.base

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table. Its row is written by the first machine that opens the database."""
    op.create_table(
        "installation_identity",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("uid", sa.Text(), nullable=False),
        sa.Column("made_at", store.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("home", sa.Text(), nullable=False),
        sa.Column("rehearsal", sa.Boolean(), nullable=False),
        sa.Column("key_fingerprint", sa.Text(), nullable=False),
        sa.Column(
            "agreed",
            sa.JSON(none_as_null=True).with_variant(
                postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), "postgresql"
            ),
            nullable=False,
        ),
        sa.CheckConstraint("id = 1", name=op.f("ck_installation_identity_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_installation_identity")),
    )


def downgrade() -> None:
    """Take it away."""
    op.drop_table("installation_identity")
