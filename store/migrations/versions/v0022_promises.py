"""Promises to call back, each with what was asked, and the turn of the line that is reserved for it."""

import sqlalchemy as sa
from alembic import op

import store.base

revision = "0022"
down_revision = "0020"
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_MOMENT = store.base.UtcDateTime(timezone=True)
_ROADS = ("voice", "text", "web", "agent", "api")
_STATES = ("open", "kept", "broken", "replaced")
_INDEXES = (
    ("ix_calls_taken", ["line_id", "taken_at"]),
    ("ix_calls_number", ["number"]),
    ("ix_calls_touch_id", ["touch_id"]),
)


def upgrade() -> None:
    """Add the table and the turns. A window that is open already keeps its place by its end."""
    op.create_table(
        "promises",
        sa.Column("id", _NUMBER, autoincrement=True, nullable=False),
        sa.Column("call_id", _NUMBER, nullable=False),
        sa.Column("person_id", _NUMBER, nullable=True),
        sa.Column("road", _one_of(_ROADS, "promiseroad"), nullable=False),
        sa.Column("asked", sa.Text(), nullable=False),
        sa.Column("asked_from", _MOMENT, nullable=True),
        sa.Column("asked_until", _MOMENT, nullable=True),
        sa.Column("begins", _MOMENT, nullable=True),
        sa.Column("ends", _MOMENT, nullable=True),
        sa.Column("start_by", _MOMENT, nullable=True),
        sa.Column("keeps_place", sa.Boolean(), nullable=False),
        sa.Column("made_at", _MOMENT, nullable=False),
        sa.Column("made_by", sa.Text(), nullable=True),
        sa.Column("state", _one_of(_STATES, "promisestate"), nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], name=op.f("fk_promises_call_id_calls")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_promises_person_id_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_promises")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_promises_call_id", "promises", ["call_id", "state"], unique=False)
    op.create_index("ix_promises_person_id", "promises", ["person_id"], unique=False)
    op.add_column("calls", sa.Column("start_by", _MOMENT, nullable=True))
    op.create_index(
        "ix_calls_turns",
        "calls",
        ["line_id", "start_by"],
        unique=False,
        sqlite_where=sa.text("start_by is not null"),
        postgresql_where=sa.text("start_by is not null"),
    )
    for name, columns in _INDEXES:
        op.create_index(name, "calls", columns, unique=False)


def downgrade() -> None:
    """Drop the table and the turns."""
    for name, _ in _INDEXES:
        op.drop_index(name, table_name="calls")
    op.drop_index("ix_calls_turns", table_name="calls")
    op.drop_column("calls", "start_by")
    op.drop_table("promises")


def _one_of(known: tuple[str, ...], name: str) -> sa.Enum:
    return sa.Enum(*known, name=name, native_enum=False, length=40)
