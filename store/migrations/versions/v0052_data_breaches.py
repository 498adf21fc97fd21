"""Breaches of personal data, with the 72 hours within which one is reported."""

import sqlalchemy as sa
from alembic import op

import store.base

revision = "0052"
down_revision = "0051"
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_MOMENT = store.base.UtcDateTime(timezone=True)


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "data_breaches",
        sa.Column("id", _KEY, autoincrement=True, nullable=False),
        sa.Column("incident_id", _KEY, nullable=True),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("noticed_at", _MOMENT, nullable=False),
        sa.Column("due_at", _MOMENT, nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("settled_at", _MOMENT, nullable=True),
        sa.Column("settled_by", sa.Text(), nullable=True),
        sa.Column("reported", sa.Boolean(), nullable=True),
        sa.Column("words", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["incident_id"], ["incidents.id"], name=op.f("fk_data_breaches_incident_id_incidents")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_data_breaches")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_data_breaches_due", "data_breaches", ["settled_at", "due_at"])


def downgrade() -> None:
    """Take it away."""
    op.drop_index("ix_data_breaches_due", table_name="data_breaches")
    op.drop_table("data_breaches")
