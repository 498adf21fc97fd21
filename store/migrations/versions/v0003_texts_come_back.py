"""What providers tell us of texts, what we answer to whoever texted, and what a call in the queue was promised."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

import store.base

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables and columns."""
    op.create_table(
        "answers",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column(
            "kind",
            sa.Enum(
                "stopped",
                "started",
                "help",
                "call_back",
                "out_of_hours",
                "appointment",
                name="answerkind",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("reply_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("call_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("e164", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "planned",
                "claimed",
                "handed_over",
                "delivered",
                "failed",
                "recalled",
                "printed",
                "posted",
                "returned",
                "withheld",
                "dropped",
                "unknown",
                name="touchstate",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("key", sa.Text(), nullable=True),
        sa.Column("tries", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("provider_ref", sa.Text(), nullable=True),
        sa.Column("error_code", sa.Text(), nullable=True),
        sa.Column("detail", sa.Text(), nullable=True),
        sa.Column("cost", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("not_before", store.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("asked_at", store.base.UtcDateTime(timezone=True), nullable=True),
        sa.Column("written_at", store.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("handed_over_at", store.base.UtcDateTime(timezone=True), nullable=True),
        sa.Column("updated_at", store.base.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], name=op.f("fk_answers_call_id_calls")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_answers_person_id_people")
        ),
        sa.ForeignKeyConstraint(
            ["reply_id"], ["replies.id"], name=op.f("fk_answers_reply_id_replies")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answers")),
        sa.UniqueConstraint("reply_id", "kind", name=op.f("uq_answers_reply_id_kind")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_answers_e164", "answers", ["e164"], unique=False)
    op.create_index("ix_answers_key", "answers", ["key"], unique=False)
    op.create_index("ix_answers_person_id", "answers", ["person_id"], unique=False)
    op.create_index("ix_answers_provider_ref", "answers", ["provider_ref"], unique=False)
    op.create_index("ix_answers_state", "answers", ["state"], unique=False)
    op.create_table(
        "provider_events",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("event_key", sa.Text(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("provider_ref", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), nullable=True),
        sa.Column("error_code", sa.Text(), nullable=True),
        sa.Column("attempt", sa.Text(), nullable=True),
        sa.Column("touch_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("answer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("reply_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column(
            "raw",
            sa.JSON(none_as_null=True).with_variant(
                postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), "postgresql"
            ),
            nullable=False,
        ),
        sa.Column("received_at", store.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column(
            "outcome",
            sa.Enum(
                "applied",
                "stale",
                "unknown_message",
                "unknown_state",
                "left",
                name="eventoutcome",
                native_enum=False,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("applied_at", store.base.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["answer_id"], ["answers.id"], name=op.f("fk_provider_events_answer_id_answers")
        ),
        sa.ForeignKeyConstraint(
            ["reply_id"], ["replies.id"], name=op.f("fk_provider_events_reply_id_replies")
        ),
        sa.ForeignKeyConstraint(
            ["touch_id"], ["touches.id"], name=op.f("fk_provider_events_touch_id_touches")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_provider_events")),
        sa.UniqueConstraint("event_key", name=op.f("uq_provider_events_event_key")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_provider_events_answer_id", "provider_events", ["answer_id"], unique=False)
    op.create_index(
        "ix_provider_events_error_code",
        "provider_events",
        ["error_code", "received_at"],
        unique=False,
    )
    op.create_index("ix_provider_events_outcome", "provider_events", ["outcome"], unique=False)
    op.create_index(
        "ix_provider_events_provider_ref", "provider_events", ["provider_ref"], unique=False
    )
    op.create_index("ix_provider_events_touch_id", "provider_events", ["touch_id"], unique=False)
    op.add_column("calls", sa.Column("number", sa.Text(), nullable=True))
    op.add_column(
        "calls", sa.Column("promised_from", store.base.UtcDateTime(timezone=True), nullable=True)
    )
    op.add_column(
        "calls", sa.Column("promised_until", store.base.UtcDateTime(timezone=True), nullable=True)
    )
    op.add_column(
        "attempts", sa.Column("asked_at", store.base.UtcDateTime(timezone=True), nullable=True)
    )
    op.create_index("ix_attempts_provider_ref", "attempts", ["provider_ref"], unique=False)


def downgrade() -> None:
    """Take them away."""
    op.drop_index("ix_attempts_provider_ref", table_name="attempts")
    op.drop_column("attempts", "asked_at")
    op.drop_column("calls", "promised_until")
    op.drop_column("calls", "promised_from")
    op.drop_column("calls", "number")
    op.drop_index("ix_provider_events_touch_id", table_name="provider_events")
    op.drop_index("ix_provider_events_provider_ref", table_name="provider_events")
    op.drop_index("ix_provider_events_outcome", table_name="provider_events")
    op.drop_index("ix_provider_events_error_code", table_name="provider_events")
    op.drop_index("ix_provider_events_answer_id", table_name="provider_events")
    op.drop_table("provider_events")
    op.drop_index("ix_answers_state", table_name="answers")
    op.drop_index("ix_answers_provider_ref", table_name="answers")
    op.drop_index("ix_answers_person_id", table_name="answers")
    op.drop_index("ix_answers_key", table_name="answers")
    op.drop_index("ix_answers_e164", table_name="answers")
    op.drop_table("answers")
