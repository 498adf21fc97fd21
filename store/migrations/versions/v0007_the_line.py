"""The free phone line itself: telephone connections, where agents are reached, who dialled the number."""

import sqlalchemy as sa
from alembic import op

import store.base

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
LEG_KINDS = ("citizen", "agent", "test")
LEG_STATES = ("arrived", "waiting", "asking", "connecting", "talking", "silent", "ended")
LEG_ENDS = ("over", "gone", "not_reached", "talked", "message", "call_back", "held", "tested")


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "legs",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(*LEG_KINDS, name="legkind", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("line_id", BIG, nullable=True),
        sa.Column("from_number", sa.Text(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(*LEG_STATES, name="legstate", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("tries", BIG, nullable=False),
        sa.Column("touch_id", BIG, nullable=True),
        sa.Column("held", sa.Text(), nullable=True),
        sa.Column("call_id", BIG, nullable=True),
        sa.Column("agent", sa.Text(), nullable=True),
        sa.Column("queue_ref", sa.Text(), nullable=True),
        sa.Column("position", BIG, nullable=True),
        sa.Column("recording_ref", sa.Text(), nullable=True),
        sa.Column("began_at", store.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("seen_at", store.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("ended_at", store.base.UtcDateTime(timezone=True), nullable=True),
        sa.Column(
            "how", sa.Enum(*LEG_ENDS, name="legend", native_enum=False, length=40), nullable=True
        ),
        sa.ForeignKeyConstraint(
            ["line_id"], ["phone_lines.id"], name=op.f("fk_legs_line_id_phone_lines")
        ),
        sa.ForeignKeyConstraint(
            ["touch_id"], ["touches.id"], name=op.f("fk_legs_touch_id_touches")
        ),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], name=op.f("fk_legs_call_id_calls")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_legs")),
        sa.UniqueConstraint("ref", name=op.f("uq_legs_ref")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_legs_state", "legs", ["state", "seen_at"], unique=False)
    op.create_index("ix_legs_call_id", "legs", ["call_id"], unique=False)
    op.create_index("ix_legs_touch_id", "legs", ["touch_id"], unique=False)
    op.create_table(
        "line_routes",
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("line_id", BIG, nullable=False),
        sa.Column("added_at", store.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("added_by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["line_id"], ["phone_lines.id"], name=op.f("fk_line_routes_line_id_phone_lines")
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_line_routes")),
    )
    op.create_index("ix_line_routes_line_id", "line_routes", ["line_id"], unique=False)
    op.create_table(
        "line_tests",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("line_id", BIG, nullable=False),
        sa.Column(
            "kind",
            sa.Enum("dialled", "automatic", name="linetestkind", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("at", store.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("passed", sa.Boolean(), nullable=True),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["line_id"], ["phone_lines.id"], name=op.f("fk_line_tests_line_id_phone_lines")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_line_tests")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_line_tests_line_id", "line_tests", ["line_id", "kind", "at"], unique=False)
    op.add_column("agents", sa.Column("phone", sa.Text(), nullable=True))


def downgrade() -> None:
    """Take them away."""
    op.drop_column("agents", "phone")
    op.drop_index("ix_line_tests_line_id", table_name="line_tests")
    op.drop_table("line_tests")
    op.drop_index("ix_line_routes_line_id", table_name="line_routes")
    op.drop_table("line_routes")
    op.drop_index("ix_legs_touch_id", table_name="legs")
    op.drop_index("ix_legs_call_id", table_name="legs")
    op.drop_index("ix_legs_state", table_name="legs")
    op.drop_table("legs")
