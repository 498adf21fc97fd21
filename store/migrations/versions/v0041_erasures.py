"""Erasures, the objections that outlive them, and whom nobody selects any more."""

import sqlalchemy as sa
from alembic import op

import store.base

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_MOMENT = store.base.UtcDateTime(timezone=True)


def upgrade() -> None:
    """Make the tables, the column, and two indexes by which rows of one person are found."""
    op.create_table(
        "erasures",
        sa.Column("id", _KEY, autoincrement=True, nullable=False),
        sa.Column("pseudonym", sa.Text(), nullable=False),
        sa.Column("request_id", _KEY, nullable=True),
        sa.Column("rows", store.base.Json, nullable=False),
        sa.Column("erased_at", _MOMENT, nullable=False),
        sa.Column("erased_by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["request_id"],
            ["privacy_requests.id"],
            name=op.f("fk_erasures_request_id_privacy_requests"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erasures")),
        sa.UniqueConstraint("pseudonym", name=op.f("uq_erasures_pseudonym")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "kept_objections",
        sa.Column("id", _KEY, autoincrement=True, nullable=False),
        sa.Column("key_hash", sa.Text(), nullable=False),
        sa.Column("of_number", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=True),
        sa.Column("purpose", sa.Text(), nullable=True),
        sa.Column("subject", sa.Text(), nullable=True),
        sa.Column("starts_at", _MOMENT, nullable=False),
        sa.Column("ends_at", _MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kept_objections")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_kept_objections_key_hash", "kept_objections", ["key_hash"])
    op.create_table(
        "erasure_keys",
        sa.Column("id", _KEY, autoincrement=True, nullable=False),
        sa.Column("wrapped", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erasure_keys")),
    )
    op.add_column("people", sa.Column("erased_at", _MOMENT, nullable=True))
    op.create_index("ix_replies_from_number", "replies", ["from_number"])
    op.create_index("ix_provider_events_reply_id", "provider_events", ["reply_id"])


def downgrade() -> None:
    """Take them away."""
    op.drop_index("ix_provider_events_reply_id", table_name="provider_events")
    op.drop_index("ix_replies_from_number", table_name="replies")
    op.drop_column("people", "erased_at")
    op.drop_table("erasure_keys")
    op.drop_index("ix_kept_objections_key_hash", table_name="kept_objections")
    op.drop_table("kept_objections")
    op.drop_table("erasures")
