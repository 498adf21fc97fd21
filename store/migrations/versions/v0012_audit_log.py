"""The audit log gets its lasting shape: actor, road, action, what it is about, whom, and why.

Every entry is kept under its number, because a session is the number of its signing in. The road of an old entry is
known where somebody had signed in: through the API where that was noted, and by a page otherwise. Of the others it was
never written down, and is not guessed. Whom an old entry is about is looked up where it names a row of one person.
"""

from collections.abc import Iterable

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

import store.base

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_JSON = sa.JSON(none_as_null=True).with_variant(
    postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), "postgresql"
)
_KINDS = {
    "campaign": (
        "submit",
        "approve",
        "launch",
        "pause",
        "resume",
        "stop",
        "go on",
        "remove_ledger",
    ),
    "audience": ("save audience",),
    "print_run": (
        "enrich",
        "accept difference",
        "sign press proof",
        "reprint",
        "write off seeds",
    ),
    "incident": ("close incident",),
    "piece": ("seed arrived",),
    "seed_address": ("add seed address", "stop seed address"),
}
"""Of which kind the subject was, that stood there by its name alone."""
_SPACED = {"case": "case", "referral": "referral", "signal": "signal", "seed": "sample"}
_SPACED |= {"appointment": "appointment", "post": "team_task"}
"""Kinds that stood before a space, and what they are called now."""
_PEOPLE = ("looked_up_person", "searched_person", "desk triage")
_OF_A_PERSON = {
    "appointment": "appointments",
    "call": "calls",
    "case": "cases",
    "referral": "referrals",
    "team_task": "posts",
    "touch": "touches",
}


def upgrade() -> None:
    """Make the table, copy every entry into it, and take the old one away."""
    _make(
        "audit_log",
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column(
            "road",
            sa.Enum(
                "page",
                "api",
                "command",
                "flow",
                "shop_file",
                name="road",
                native_enum=False,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("person_ref", store.base.Ref, nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
    )
    why, rest = _json("->> 'why'", "$.why"), _without("why", "by_api")
    op.execute(f"""
        insert into audit_log (id, at, actor, road, action, about, person_ref, reason, detail)
        select id, at, who, {_ROAD.format(by_api=_json("->> 'by_api'", "$.by_api"))}, what, {_about()},
            {_whom()}, {why}, {rest}
        from acts order by id
    """)
    for kind, table in _OF_A_PERSON.items():
        op.execute(f"""
            update audit_log set person_ref = (
                select person_ref from people join {table} on {table}.person_id = people.id
                where {table}.id = cast(substr(about, {len(kind) + 2}) as bigint)
            ) where substr(about, 1, {len(kind) + 1}) = '{kind}:'
        """)
    op.create_index("ix_audit_log_about", "audit_log", ["about"], unique=False)
    op.create_index("ix_audit_log_person_ref", "audit_log", ["person_ref"], unique=False)
    _go_on_counting("audit_log")
    op.drop_table("acts")


def downgrade() -> None:
    """Put every entry back as it was written; how it was called stays."""
    _make(
        "acts",
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("signed_in", sa.Boolean(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
    )
    op.execute("""
        insert into acts (id, at, who, signed_in, what, subject, detail)
        select id, at, actor, coalesce(road in ('page', 'api'), false), action,
            case about when 'person' then coalesce(person_ref, 'nobody') else about end, detail
        from audit_log order by id
    """)
    with op.batch_alter_table("acts", schema=None) as batch_op:
        batch_op.create_index("ix_acts_subject", ["subject"], unique=False)
    _go_on_counting("acts")
    op.drop_table("audit_log")


_ROAD = "case when {by_api} is not null then 'api' when signed_in then 'page' end"


def _make(name: str, *columns: sa.Column[object]) -> None:
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        name,
        sa.Column("id", number, autoincrement=True, nullable=False),
        sa.Column("at", store.base.UtcDateTime(timezone=True), nullable=False),
        *columns,
        sa.Column("detail", _JSON, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
        sqlite_autoincrement=True,
    )


def _on_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"


def _json(postgres: str, sqlite: str) -> str:
    return f"json_extract(detail, '{sqlite}')" if _on_sqlite() else f"(detail {postgres})"


def _without(*keys: str) -> str:
    if _on_sqlite():
        return f"json_remove(detail, {_listed('$.' + key for key in keys)})"
    return "detail" + "".join(f" - '{key}'" for key in keys)


def _about() -> str:
    """Return the SQL of `kind:key`."""
    cases = [
        f"when what in ({_listed(actions)}) then '{kind}:' || subject"
        for kind, actions in _KINDS.items()
    ]
    cases += [
        f"when subject like '{old} %' then '{new}:' || substr(subject, {len(old) + 2})"
        for old, new in _SPACED.items()
    ]
    number = _json("->> 'incident'", "$.incident")
    cases += [
        f"when what = 'open incident' then 'incident:' || {number}",
        "when what = 'suppression scope' then 'objection:' || replace(subject, '#', '')",
        f"when {_is_a_person()} then 'person'",
    ]
    return f"case {' '.join(cases)} else subject end"


def _whom() -> str:
    return f"case when {_is_a_person()} and subject <> 'nobody' then subject end"


def _is_a_person() -> str:
    return f"what in ({_listed(_PEOPLE)})"


def _listed(words: Iterable[str]) -> str:
    return ", ".join(f"'{word}'" for word in words)


def _go_on_counting(table: str) -> None:
    """Let the next entry have the next number: SQLite sees to that itself."""
    if not _on_sqlite():
        op.execute(
            f"select setval(pg_get_serial_sequence('{table}', 'id'), max(id)) from {table}"
            " having max(id) is not null"
        )
