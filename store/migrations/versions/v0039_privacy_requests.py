"""Requests of citizens about their own data."""

import sqlalchemy as sa
from alembic import op

import store.base

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_MOMENT = store.base.UtcDateTime(timezone=True)


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "privacy_requests",
        sa.Column("id", _KEY, autoincrement=True, nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("person_id", _KEY, nullable=False),
        sa.Column("received_at", _MOMENT, nullable=False),
        sa.Column("road", sa.Text(), nullable=False),
        sa.Column("asked", sa.Text(), nullable=False),
        sa.Column("identity", sa.Text(), nullable=False),
        sa.Column("due_at", _MOMENT, nullable=False),
        sa.Column("extended_at", _MOMENT, nullable=True),
        sa.Column("extended_why", sa.Text(), nullable=True),
        sa.Column("recorded_at", _MOMENT, nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("prepared", sa.Text(), nullable=True),
        sa.Column("prepared_at", _MOMENT, nullable=True),
        sa.Column("prepared_by", sa.Text(), nullable=True),
        sa.Column("checked_at", _MOMENT, nullable=True),
        sa.Column("checked_by", sa.Text(), nullable=True),
        sa.Column("answered_at", _MOMENT, nullable=True),
        sa.Column("answered_by", sa.Text(), nullable=True),
        sa.Column("outcome", sa.String(length=40), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_privacy_requests_person_id_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_privacy_requests")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_privacy_requests_person_id", "privacy_requests", ["person_id"])
    op.create_index("ix_privacy_requests_due", "privacy_requests", ["answered_at", "due_at"])


def downgrade() -> None:
    """Take it away."""
    op.drop_table("privacy_requests")
