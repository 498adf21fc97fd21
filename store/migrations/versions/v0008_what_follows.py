"""What follows from a conversation: topics, signs, reflection, deviations, posts to other systems, texts about slots."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

import store.base

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables and columns."""
    op.create_table(
        "posts",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("case_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column(
            "grounds",
            sa.JSON(none_as_null=True).with_variant(
                postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), "postgresql"
            ),
            nullable=False,
        ),
        sa.Column("urgent", sa.Boolean(), nullable=False),
        sa.Column("asked_at", store.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "planned",
                "claimed",
                "handed_over",
                "unknown",
                "refused",
                name="poststate",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("tries", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("not_before", store.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("ref", sa.Text(), nullable=True),
        sa.Column("handed_over_at", store.base.UtcDateTime(timezone=True), nullable=True),
        sa.Column("asked_after_at", store.base.UtcDateTime(timezone=True), nullable=True),
        sa.Column("received_at", store.base.UtcDateTime(timezone=True), nullable=True),
        sa.Column("received_by", sa.Text(), nullable=True),
        sa.Column("ended_at", store.base.UtcDateTime(timezone=True), nullable=True),
        sa.Column("ended_how", sa.Text(), nullable=True),
        sa.Column("ended_by", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_posts_case_id_cases")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_posts_person_id_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_posts")),
        sa.UniqueConstraint("key", name=op.f("uq_posts_key")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_posts_person_id", "posts", ["person_id"], unique=False)
    op.create_index("ix_posts_state", "posts", ["state", "not_before"], unique=False)
    op.create_index(
        "uq_posts_open",
        "posts",
        ["case_id", "place"],
        unique=True,
        sqlite_where=sa.text("ended_at is null"),
        postgresql_where=sa.text("ended_at is null"),
    )
    op.create_table(
        "call_signs",
        sa.Column("call_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("sign", sa.Text(), nullable=False),
        sa.Column("guide", sa.Text(), nullable=False),
        sa.Column("noted_at", store.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("noted_by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["call_id"], ["calls.id"], name=op.f("fk_call_signs_call_id_calls")
        ),
        sa.PrimaryKeyConstraint("call_id", "sign", name=op.f("pk_call_signs")),
    )
    op.create_table(
        "call_topics",
        sa.Column("call_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("noted_at", store.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("noted_by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["call_id"], ["calls.id"], name=op.f("fk_call_topics_call_id_calls")
        ),
        sa.PrimaryKeyConstraint("call_id", "topic", name=op.f("pk_call_topics")),
    )
    op.create_index("ix_call_topics_topic", "call_topics", ["topic"], unique=False)
    op.create_table(
        "deviations",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("call_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("case_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("instead", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("made_at", store.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("dialogue", sa.Boolean(), nullable=False),
        sa.Column("discussed_at", store.base.UtcDateTime(timezone=True), nullable=True),
        sa.Column("discussed_by", sa.Text(), nullable=True),
        sa.Column("discussed_what", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["call_id"], ["calls.id"], name=op.f("fk_deviations_call_id_calls")
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["cases.id"], name=op.f("fk_deviations_case_id_cases")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_deviations_person_id_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deviations")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_deviations_case_id", "deviations", ["case_id"], unique=False)
    op.create_index(
        "ix_deviations_dialogue", "deviations", ["dialogue", "discussed_at"], unique=False
    )
    op.create_index("ix_deviations_person_id", "deviations", ["person_id"], unique=False)
    op.create_table(
        "reflections",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("agent", sa.Text(), nullable=False),
        sa.Column("call_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("went_well", sa.Text(), nullable=False),
        sa.Column("was_hard", sa.Text(), nullable=False),
        sa.Column("next_time", sa.Text(), nullable=False),
        sa.Column("written_at", store.base.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["call_id"], ["calls.id"], name=op.f("fk_reflections_call_id_calls")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reflections")),
        sa.UniqueConstraint("agent", "call_id", name=op.f("uq_reflections_agent_call_id")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_reflections_call_id", "reflections", ["call_id"], unique=False)
    op.add_column(
        "answers",
        sa.Column(
            "appointment_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
    )
    op.add_column(
        "signals", sa.Column("impact", sa.Text(), server_default=sa.text("''"), nullable=False)
    )
    op.add_column("signals", sa.Column("remind_on", sa.Date(), nullable=True))
    op.add_column(
        "signals", sa.Column("escalated_at", store.base.UtcDateTime(timezone=True), nullable=True)
    )
    op.add_column("signals", sa.Column("escalated_to", sa.Text(), nullable=True))
    op.add_column(
        "signals", sa.Column("changed_at", store.base.UtcDateTime(timezone=True), nullable=True)
    )


def downgrade() -> None:
    """Take them away."""
    op.drop_column("signals", "changed_at")
    op.drop_column("signals", "escalated_to")
    op.drop_column("signals", "escalated_at")
    op.drop_column("signals", "remind_on")
    op.drop_column("signals", "impact")
    op.drop_column("answers", "appointment_id")
    op.drop_index("ix_reflections_call_id", table_name="reflections")
    op.drop_table("reflections")
    op.drop_index("ix_deviations_person_id", table_name="deviations")
    op.drop_index("ix_deviations_dialogue", table_name="deviations")
    op.drop_index("ix_deviations_case_id", table_name="deviations")
    op.drop_table("deviations")
    op.drop_index("ix_call_topics_topic", table_name="call_topics")
    op.drop_table("call_topics")
    op.drop_table("call_signs")
    op.drop_index(
        "uq_posts_open",
        table_name="posts",
        sqlite_where=sa.text("ended_at is null"),
        postgresql_where=sa.text("ended_at is null"),
    )
    op.drop_index("ix_posts_state", table_name="posts")
    op.drop_index("ix_posts_person_id", table_name="posts")
    op.drop_table("posts")
