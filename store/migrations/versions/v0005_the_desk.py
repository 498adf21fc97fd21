"""The desk: cases, follow-ups and all that an agent needs to really help."""

import sqlalchemy as sa
from alembic import op

import store.base

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables and columns."""
    op.create_table(
        "agent_skills",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("agent", sa.Text(), nullable=False),
        sa.Column("skill", sa.Text(), nullable=False),
        sa.Column("trained_on", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("recorded_at", store.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agent_skills")),
        sa.UniqueConstraint("agent", "skill", "trained_on", name=op.f("uq_agent_skills_agent_skill_trained_on")),
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
    op.add_column(
        "calls",
        sa.Column(
            "kind",
            sa.Enum("call", "call_back", "outbound", "prepare", name="callkind", native_enum=False, length=40),
            server_default="call",
            nullable=False,
        ),
    )
    op.add_column("calls", sa.Column("entry_key", sa.Text(), nullable=True))
    op.add_column(
        "calls",
        sa.Column("rank", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), server_default="0", nullable=False),
    )
    op.add_column("calls", sa.Column("skill", sa.Text(), server_default="any", nullable=False))
    op.add_column("calls", sa.Column("language", sa.Text(), nullable=True))
    op.add_column("calls", sa.Column("prefers", sa.Text(), nullable=True))
    op.add_column("calls", sa.Column("due_by", store.base.UtcDateTime(timezone=True), nullable=True))
    op.add_column("calls", sa.Column("lease_until", store.base.UtcDateTime(timezone=True), nullable=True))
    op.create_index("ix_calls_due", "calls", ["line_id", "skill", "state", "due_by", "received_at", "id"], unique=False)
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
    op.drop_table("agents")
    op.drop_index("ix_agent_skills_skill", table_name="agent_skills")
    op.drop_table("agent_skills")
