"""Plain words in three places.

When changes of a signal were shown, a reported death in the audit log, and what a print shop stated.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0023"
down_revision = "0019"
branch_labels = None
depends_on = None

_ACTIONS = sa.table("audit_log", sa.column("action", sa.String()))

_JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
_DIFFERENCES = sa.table("differences", sa.column("id", sa.BigInteger()), sa.column("detail", _JSON))


def upgrade() -> None:
    """Rename the column, the action and the key."""
    op.alter_column("signals", "told_at", new_column_name="shown_at")
    _rename("heard_of_death", "death_reported")
    _rename_key("told", "stated")


def downgrade() -> None:
    """Give each its former name."""
    _rename_key("stated", "told")
    _rename("death_reported", "heard_of_death")
    op.alter_column("signals", "shown_at", new_column_name="told_at")


def _rename(former: str, action: str) -> None:
    op.execute(_ACTIONS.update().where(_ACTIONS.c.action == former).values(action=action))


def _rename_key(former: str, key: str) -> None:
    """Rename a key in the details of differences, of which there are few."""
    connection = op.get_bind()
    for row in connection.execute(sa.select(_DIFFERENCES.c.id, _DIFFERENCES.c.detail)).all():
        if former in (row.detail or {}):
            detail = {key if name == former else name: value for name, value in row.detail.items()}
            changed = _DIFFERENCES.update().where(_DIFFERENCES.c.id == row.id)
            connection.execute(changed.values(detail=detail))
