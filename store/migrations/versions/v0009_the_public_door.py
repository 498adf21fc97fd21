"""The public pages: helpers who call for somebody else, and what they may talk about."""

import sqlalchemy as sa
from alembic import op

import store.base

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "authorisations",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column(
            "person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("call_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("helper", sa.Text(), nullable=False),
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column("seen", sa.Text(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=False),
        sa.Column("recorded_at", store.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("revoked_at", store.base.UtcDateTime(timezone=True), nullable=True),
        sa.Column("revoked_by", sa.Text(), nullable=True),
        sa.Column("revoked_why", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_authorisations_person_id_people")
        ),
        sa.ForeignKeyConstraint(
            ["call_id"], ["calls.id"], name=op.f("fk_authorisations_call_id_calls")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_authorisations")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_authorisations_person_id", "authorisations", ["person_id"], unique=False)
    op.create_index("ix_authorisations_call_id", "authorisations", ["call_id"], unique=False)


def downgrade() -> None:
    """Take them away."""
    op.drop_index("ix_authorisations_call_id", table_name="authorisations")
    op.drop_index("ix_authorisations_person_id", table_name="authorisations")
    op.drop_table("authorisations")
