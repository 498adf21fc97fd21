"""Emptying of the columns of somebody who is erased, by the class of each column.

Names, numbers, words and keys go; what was counted stays under a pseudonym: kinds, states, days and codes. A text that
is not listed as a code is emptied, so that a new column with words is safe before anybody thinks of it.
"""

from collections.abc import Mapping
from typing import Any, Final

import sqlalchemy as sa

from store.column_classes import INFO, ColumnClass
from store.tables import load_all

REMOVED: Final = frozenset(
    {
        *("person_numbers", "obligations", "consents", "audience_members"),
        *("authorisations", "drafts", "address_decisions"),
    }
)
"""Tables whose rows go whole, since nothing is counted by them."""

CODES: Final = frozenset(
    {
        *(("touches", each) for each in ("channel", "reason", "deviation")),
        *(("decisions", each) for each in ("reason", "deviation")),
        *(("suppressions", each) for each in ("reason", "channel", "purpose", "subject")),
        *(("appointments", "kind"), ("answers", "language"), ("audit_log", "action")),
        *(("calls", "disposition"), ("calls", "language"), ("legs", "language")),
        *(("call_topics", "topic"), ("call_signs", "sign"), ("deviations", "rule")),
        *(("print_pieces", "reason"), ("pulls", "reason"), ("replies", "reason")),
        *(("provider_events", "kind"), ("provider_events", "status"), ("touch_events", "reason")),
        *(("referrals", "to_whom"), ("team_tasks", "place"), ("privacy_requests", "road")),
    }
)
"""Texts that are codes and say nothing of who it was; counts need them."""

_KEPT_KEYS: Final = frozenset({("decisions", "cluster"), ("people", "draw_key")})
"""Keys that lead to nobody once the person has none of their own, and that draws and effects need."""

_OF_PROVIDERS: Final = frozenset(
    {
        *(("attempts", each) for each in ("provider_ref", "detail")),
        *(("answers", each) for each in ("provider_ref", "detail")),
        *(("provider_events", each) for each in ("event_key", "provider_ref", "attempt")),
        *(("legs", each) for each in ("ref", "queue_ref", "recording_ref")),
        *(("replies", "reply_key"), ("suppressions", "entry_key"), ("team_tasks", "ref")),
        *(("people", "content_hash"), ("calls", "entry_key"), ("team_tasks", "error")),
    }
)
"""Technical columns by which a provider, another system or a file could still say who it was."""

_WORDS: Final = frozenset({ColumnClass.CONTACT, ColumnClass.CITIZEN_WORDS})


def emptied(table: sa.Table, row: Mapping[str, Any], pseudonym: str) -> dict[str, Any]:
    """Return the new values of a row of somebody who is erased."""
    load_all()
    return {
        column.name: _empty(column, row, pseudonym)
        for column in table.columns
        if row[column.name] is not None and _goes(column)
    }


def _goes(column: sa.Column[Any]) -> bool:
    """Say whether what stands in a column goes."""
    kind, named = column.info[INFO].kind, (column.table.name, column.name)
    if named in _OF_PROVIDERS or kind in _WORDS:
        return True
    if kind is ColumnClass.IDENTIFIER:
        is_of_shell = bool(column.foreign_keys) or named == ("people", "id")
        return not is_of_shell and named not in _KEPT_KEYS
    if kind is not ColumnClass.SITUATION or named in CODES:
        return False
    return column.table.name == "people" or isinstance(column.type, sa.Text | sa.JSON)


def _empty(column: sa.Column[Any], row: Mapping[str, Any], pseudonym: str) -> Any:
    """Return what stands in a column that was emptied."""
    if column.name == "person_ref":
        return pseudonym
    if column.nullable:
        return None
    if column.unique or column.primary_key or _is_unique(column):
        first = next(iter(column.table.primary_key.columns)).name
        return f"erased-{row.get('touch_id') or row[first]}"
    match column.type:
        case sa.JSON():
            return [] if isinstance(row[column.name], list) else {}
        case sa.Boolean():
            return False
        case sa.Integer() | sa.BigInteger():
            return 0
        case _:
            default = column.default
            return default.arg if isinstance(default, sa.ColumnDefault) else ""


def _is_unique(column: sa.Column[Any]) -> bool:
    alone = [list(index.columns) for index in column.table.indexes if index.unique]
    alone += [
        list(rule.columns)
        for rule in column.table.constraints
        if isinstance(rule, sa.UniqueConstraint)
    ]
    return [column] in alone or (column.table.name == "outcomes" and column.name == "reference")
