"""The desk: cases, follow-ups and all that an agent needs to really help."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

import store.base

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables and columns."""
    op.create_table(
        "agent_skills",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("agent", sa.Text(), nullable=False),
        sa.Column("skill", sa.Text(), nullable=False),
        sa.Column("trained_on", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("recorded_at", store.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agent_skills")),
        sa.UniqueConstraint(
            "agent", "skill", "trained_on", name=op.f("uq_agent_skills_agent_skill_trained_on")
        ),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_agent_skills_skill", "agent_skills", ["skill"], unique=False)
    op.create_table(
        "agents",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("languages", sa.Text(), nullable=False),
        sa.Column("joined_on", sa.Date(), nullable=False),
        sa.Column("left_on", sa.Date(), nullable=True),
        sa.Column("seen_at", store.base.UtcDateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_agents")),
    )
    op.create_table(
        "code_guesses",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("at", store.base.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_code_guesses")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_code_guesses_source", "code_guesses", ["source", "at"], unique=False)
    op.create_table(
        "signals",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("affected", sa.Text(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("reported_at", store.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("reported_by", sa.Text(), nullable=False),
        sa.Column(
            "merged_into", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("waits_for", sa.Text(), nullable=True),
        sa.Column("decided_at", store.base.UtcDateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column("decision", sa.Text(), nullable=True),
        sa.Column("decision_why", sa.Text(), nullable=True),
        sa.Column("told_at", store.base.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["merged_into"], ["signals.id"], name=op.f("fk_signals_merged_into_signals")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signals")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_signals_decided_at", "signals", ["decided_at"], unique=False)
    op.create_table(
        "slots",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("location", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("starts_at", store.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("ends_at", store.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("capacity", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("taken", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("taken between 0 and capacity", name="ck_slots_taken"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_slots")),
        sa.UniqueConstraint(
            "location", "kind", "starts_at", name=op.f("uq_slots_location_kind_starts_at")
        ),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_slots_starts_at", "slots", ["starts_at"], unique=False)
    op.create_table(
        "cases",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column(
            "person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("opened_at", store.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("last_at", store.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("closed_at", store.base.UtcDateTime(timezone=True), nullable=True),
        sa.Column("closed_by", sa.Text(), nullable=True),
        sa.Column("closed_why", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_cases_person_id_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cases")),
        sa.UniqueConstraint("person_id", name=op.f("uq_cases_person_id")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_cases_owner", "cases", ["owner"], unique=False)
    op.create_table(
        "handovers",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("case_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("to_whom", sa.Text(), nullable=False),
        sa.Column("situation", sa.Text(), nullable=False),
        sa.Column("asked", sa.Text(), nullable=False),
        sa.Column("promised", sa.Text(), nullable=False),
        sa.Column("needed", sa.Text(), nullable=False),
        sa.Column("deadline", sa.Date(), nullable=False),
        sa.Column("made_at", store.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("done_at", store.base.UtcDateTime(timezone=True), nullable=True),
        sa.Column("done_by", sa.Text(), nullable=True),
        sa.Column("done_what", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_handovers_case_id_cases")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_handovers_person_id_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handovers")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_handovers_case_id", "handovers", ["case_id"], unique=False)
    op.create_index("ix_handovers_open", "handovers", ["done_at", "deadline"], unique=False)
    op.create_table(
        "referrals",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("case_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("to_whom", sa.Text(), nullable=False),
        sa.Column(
            "shared",
            sa.JSON(none_as_null=True).with_variant(
                postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), "postgresql"
            ),
            nullable=False,
        ),
        sa.Column("consent_text", sa.Text(), nullable=False),
        sa.Column("consented_at", store.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("made_at", store.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("received_at", store.base.UtcDateTime(timezone=True), nullable=True),
        sa.Column("received_ref", sa.Text(), nullable=True),
        sa.Column("ended_at", store.base.UtcDateTime(timezone=True), nullable=True),
        sa.Column("ended_how", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_referrals_case_id_cases")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_referrals_person_id_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_referrals")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_referrals_case_id", "referrals", ["case_id"], unique=False)
    op.add_column(
        "appointments",
        sa.Column("slot_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
    )
    op.add_column(
        "appointments",
        sa.Column(
            "state",
            sa.Enum(
                "agreed",
                "kept",
                "missed",
                "moved",
                "cancelled",
                name="appointmentstate",
                native_enum=False,
                length=40,
            ),
            server_default="agreed",
            nullable=False,
        ),
    )
    op.add_column(
        "appointments", sa.Column("ended_at", store.base.UtcDateTime(timezone=True), nullable=True)
    )
    op.create_index("ix_appointments_state", "appointments", ["state", "at"], unique=False)
    op.create_index(
        "uq_appointments_slot_person",
        "appointments",
        ["slot_id", "person_id"],
        unique=True,
        sqlite_where=sa.text("slot_id is not null and state = 'agreed'"),
        postgresql_where=sa.text("slot_id is not null and state = 'agreed'"),
    )
    op.add_column(
        "calls",
        sa.Column(
            "kind",
            sa.Enum(
                "call",
                "call_back",
                "outbound",
                "prepare",
                name="callkind",
                native_enum=False,
                length=40,
            ),
            server_default="call",
            nullable=False,
        ),
    )
    op.add_column("calls", sa.Column("entry_key", sa.Text(), nullable=True))
    op.add_column(
        "calls",
        sa.Column(
            "rank",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            server_default="0",
            nullable=False,
        ),
    )
    op.add_column("calls", sa.Column("skill", sa.Text(), server_default="any", nullable=False))
    op.add_column("calls", sa.Column("language", sa.Text(), nullable=True))
    op.add_column("calls", sa.Column("prefers", sa.Text(), nullable=True))
    op.add_column(
        "calls", sa.Column("due_by", store.base.UtcDateTime(timezone=True), nullable=True)
    )
    op.add_column(
        "calls", sa.Column("lease_until", store.base.UtcDateTime(timezone=True), nullable=True)
    )
    op.create_index(
        "ix_calls_due",
        "calls",
        ["line_id", "skill", "state", "due_by", "received_at", "id"],
        unique=False,
    )
    op.create_index("ix_calls_lease", "calls", ["state", "lease_until"], unique=False)
    op.create_index("ix_calls_opening", "calls", ["state", "due_by", "promised_from"], unique=False)
    op.create_index(
        "ix_calls_prefers",
        "calls",
        ["prefers", "state"],
        unique=False,
        sqlite_where=sa.text("prefers is not null"),
        postgresql_where=sa.text("prefers is not null"),
    )
    op.create_index("ix_calls_taken_by", "calls", ["taken_by", "state"], unique=False)
    op.create_index(
        "ix_calls_waiting",
        "calls",
        ["line_id", "skill", "state", "rank", "promised_from", "received_at", "id"],
        unique=False,
    )
    op.create_index("uq_calls_entry_key", "calls", ["entry_key"], unique=True)


def downgrade() -> None:
    """Take them away."""
    op.drop_index("uq_calls_entry_key", table_name="calls")
    op.drop_index("ix_calls_waiting", table_name="calls")
    op.drop_index("ix_calls_taken_by", table_name="calls")
    op.drop_index(
        "ix_calls_prefers",
        table_name="calls",
        sqlite_where=sa.text("prefers is not null"),
        postgresql_where=sa.text("prefers is not null"),
    )
    op.drop_index("ix_calls_opening", table_name="calls")
    op.drop_index("ix_calls_lease", table_name="calls")
    op.drop_index("ix_calls_due", table_name="calls")
    op.drop_column("calls", "lease_until")
    op.drop_column("calls", "due_by")
    op.drop_column("calls", "prefers")
    op.drop_column("calls", "language")
    op.drop_column("calls", "skill")
    op.drop_column("calls", "rank")
    op.drop_column("calls", "entry_key")
    op.drop_column("calls", "kind")
    op.drop_index(
        "uq_appointments_slot_person",
        table_name="appointments",
        sqlite_where=sa.text("slot_id is not null and state = 'agreed'"),
        postgresql_where=sa.text("slot_id is not null and state = 'agreed'"),
    )
    op.drop_index("ix_appointments_state", table_name="appointments")
    op.drop_column("appointments", "ended_at")
    op.drop_column("appointments", "state")
    op.drop_column("appointments", "slot_id")
    op.drop_index("ix_referrals_case_id", table_name="referrals")
    op.drop_table("referrals")
    op.drop_index("ix_handovers_open", table_name="handovers")
    op.drop_index("ix_handovers_case_id", table_name="handovers")
    op.drop_table("handovers")
    op.drop_index("ix_cases_owner", table_name="cases")
    op.drop_table("cases")
    op.drop_index("ix_slots_starts_at", table_name="slots")
    op.drop_table("slots")
    op.drop_index("ix_signals_decided_at", table_name="signals")
    op.drop_table("signals")
    op.drop_index("ix_code_guesses_source", table_name="code_guesses")
    op.drop_table("code_guesses")
    op.drop_table("agents")
    op.drop_index("ix_agent_skills_skill", table_name="agent_skills")
    op.drop_table("agent_skills")
