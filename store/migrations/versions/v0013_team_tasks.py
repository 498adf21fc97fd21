"""Matters for another team are called team tasks; *post* is mail only.

The table is made anew, so that its constraints, indexes and counter have the new name too. Every row is kept under its
number, and under the key by which the other team's system knows it.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

import store.base

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_MOMENT = store.base.UtcDateTime(timezone=True)
_JSON = sa.JSON(none_as_null=True).with_variant(
    postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), "postgresql"
)
_STATES = ("planned", "claimed", "handed_over", "unknown", "refused")


def upgrade() -> None:
    """Move every row, and call what was done with them by the new word in the audit log."""
    _move("posts", "team_tasks", state="teamtaskstate")
    op.execute("update audit_log set action = 'team task again' where action = 'post again'")


def downgrade() -> None:
    """Move every row back."""
    _move("team_tasks", "posts", state="poststate")
    op.execute("update audit_log set action = 'post again' where action = 'team task again'")


def _move(old: str, new: str, *, state: str) -> None:
    columns = _columns(state)
    names = ", ".join(column.name for column in columns)
    op.create_table(
        new,
        *columns,
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f(f"fk_{new}_case_id_cases")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f(f"fk_{new}_person_id_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{new}")),
        sa.UniqueConstraint("key", name=op.f(f"uq_{new}_key")),
        sqlite_autoincrement=True,
    )
    op.execute(f"insert into {new} ({names}) select {names} from {old} order by id")
    op.create_index(f"ix_{new}_person_id", new, ["person_id"], unique=False)
    op.create_index(f"ix_{new}_state", new, ["state", "not_before"], unique=False)
    op.create_index(
        f"uq_{new}_open",
        new,
        ["case_id", "place"],
        unique=True,
        sqlite_where=sa.text("ended_at is null"),
        postgresql_where=sa.text("ended_at is null"),
    )
    if op.get_bind().dialect.name != "sqlite":  # which counts on from the highest number itself
        op.execute(
            f"select setval(pg_get_serial_sequence('{new}', 'id'), max(id)) from {new}"
            " having max(id) is not null"
        )
    op.drop_table(old)


def _columns(state: str) -> list[sa.Column[object]]:
    states = sa.Enum(*_STATES, name=state, native_enum=False, length=40)
    return [
        sa.Column("id", _NUMBER, autoincrement=True, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("case_id", _NUMBER, nullable=False),
        sa.Column("person_id", _NUMBER, nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("grounds", _JSON, nullable=False),
        sa.Column("urgent", sa.Boolean(), nullable=False),
        sa.Column("asked_at", _MOMENT, nullable=False),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("state", states, nullable=False),
        sa.Column("tries", _NUMBER, nullable=False),
        sa.Column("not_before", _MOMENT, nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("ref", sa.Text(), nullable=True),
        sa.Column("handed_over_at", _MOMENT, nullable=True),
        sa.Column("asked_after_at", _MOMENT, nullable=True),
        sa.Column("received_at", _MOMENT, nullable=True),
        sa.Column("received_by", sa.Text(), nullable=True),
        sa.Column("ended_at", _MOMENT, nullable=True),
        sa.Column("ended_how", sa.Text(), nullable=True),
        sa.Column("ended_by", sa.Text(), nullable=True),
    ]
