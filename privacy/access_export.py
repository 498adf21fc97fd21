"""Everything about one person as plain data, by the classes of the columns (GDPR, article 15).

Columns about colleagues and technical ones are left out: who looked is told with the day and the reason, without a
name. What is decided, with its reasons, is told as `kaartje why` tells it.
"""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, datetime
from enum import Enum
from typing import Any, Final

from sqlalchemy import Connection, select

from campaigns.touches.composing import addressed, compose_message, read_script
from channels import KINDS
from channels.port import ChannelSettings, Message
from installation.installation import Installation
from outcomes.explanations import why
from people.numbers import PhoneNumber
from privacy.belongings import WAYS, Rows, belongings
from store.clock import local_date
from store.column_classes import ColumnClass
from store.data_classes import DescribedColumn, described_columns
from store.errors import BadInput
from store.tables import Campaign

OF_CITIZENS: Final = frozenset(ColumnClass) - {ColumnClass.STAFF, ColumnClass.TECHNICAL}
"""Classes of columns that are shown to whom they are about."""
LEFT_OUT: Final[Mapping[tuple[str, str], str]] = {
    ("privacy_requests", "prepared"): "an earlier copy of this same export",
}
"""Columns about citizens that are not shown, and why."""
SHOWN_TOO: Final[Mapping[tuple[str, str], str]] = {
    ("audit_log", "at"): "when somebody's data was looked at is theirs to know, by whom is not",
}
"""Columns about colleagues that are shown all the same, and why."""
_BY_POST = ("card", "letter")


def shown_columns() -> dict[str, list[DescribedColumn]]:
    """Return the columns that access shows, by table."""
    shown: dict[str, list[DescribedColumn]] = defaultdict(list)
    for each in described_columns():
        named = (each.table, each.column)
        is_theirs = each.kind in OF_CITIZENS and named not in LEFT_OUT
        if each.table in WAYS and (is_theirs or named in SHOWN_TOO):
            shown[each.table].append(each)
    return dict(shown)


def everything_about(installation: Installation, ref: str, *, now: datetime) -> dict[str, Any]:
    """Return everything about a person as plain data.

    Raises:
        BadInput: nobody has this reference.
    """
    explained = why(installation, ref, now=now).as_data()
    with installation.store.reading() as connection:
        found = belongings(connection, ref)
        campaigns = _campaigns(connection, found)
    found["audit_log"] = [{**row, "detail": _without_staff(row)} for row in found["audit_log"]]
    columns = shown_columns()
    records = [
        _record(columns[table], found[table], campaigns)
        for table in WAYS
        if table in columns and found[table]
    ]
    return {
        "person_ref": ref,
        "made_at": _plain(now),
        "explanation": _without_names(_plain(explained), _names_of_staff()),
        "texts": [
            {"touch": row["id"], "sent_at": _plain(row["handed_over_at"]), "words": words}
            for row in found["touches"]
            if (words := text_as_sent(installation, row)) is not None
        ],
        "by_post": [
            {"touch": row["id"], "sent_at": _plain(row["handed_over_at"])}
            for row in found["touches"]
            if row["channel"] in _BY_POST and row["handed_over_at"] is not None
        ],
        "records": records,
    }


def _without_staff(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return the detail of an entry of the log without the texts, which may name colleagues."""
    return {key: said for key, said in row["detail"].items() if not isinstance(said, str)}


def _names_of_staff() -> frozenset[str]:
    """Return the columns that hold a colleague's name, such as `taken_by`."""
    return frozenset(
        each.column
        for each in described_columns()
        if each.kind is ColumnClass.STAFF and each.column.endswith("_by")
    )


def _without_names(value: Any, names: frozenset[str]) -> Any:
    """Return plain data without the values of these keys."""
    match value:
        case Mapping():
            return {
                key: _without_names(each, names) for key, each in value.items() if key not in names
            }
        case list():
            return [_without_names(each, names) for each in value]
        case _:
            return value


def _campaigns(connection: Connection, found: Mapping[str, Rows]) -> dict[int, str]:
    numbers = {
        row["campaign_id"] for rows in found.values() for row in rows if "campaign_id" in row
    }
    query = select(Campaign.id, Campaign.name).where(Campaign.id.in_(numbers - {None}))
    return {row.id: row.name for row in connection.execute(query)}


def _record(
    columns: list[DescribedColumn], rows: Rows, campaigns: Mapping[int, str]
) -> dict[str, Any]:
    """Return the rows of one table, each with its shown columns and the campaign that it is of."""
    names = [each.column for each in columns]
    shown = []
    for row in rows:
        of = {"campaign": campaigns[row["campaign_id"]]} if row.get("campaign_id") else {}
        shown.append({**of, **{name: _plain(row[name]) for name in names}})
    return {
        "table": columns[0].table,
        "purposes": sorted({each.purpose for each in columns}),
        "kept": sorted({each.retention.value for each in columns}),
        "columns": names,
        "rows": shown,
    }


def text_as_sent(installation: Installation, touch: Mapping[str, Any]) -> str | None:
    """Return the words of a text message that went, put together again from the approved words."""
    if touch["channel"] != "sms" or touch["handed_over_at"] is None:
        return None
    went = local_date(touch["handed_over_at"])
    try:
        with installation.store.reading() as connection:
            script = read_script(connection, touch["campaign_id"], touch["step_id"], today=went)
            channel = KINDS["sms"].open(ChannelSettings(installation.settings.outbox))
            whom = addressed(connection, script, touch["id"])
    except BadInput:
        return None
    message = compose_message(channel, script, whom, _NO_NUMBER)
    return "\n".join(message.words.values()) if isinstance(message, Message) else None


_NO_NUMBER = PhoneNumber.parse("+31612345678")
"""A number to put words together for; which one does not show in them."""


def _plain(value: Any) -> Any:
    """Return a value as JSON holds it."""
    match value:
        case Enum():
            return value.value
        case datetime() | date():
            return value.isoformat()
        case Mapping():
            return {str(key): _plain(each) for key, each in value.items()}
        case list() | tuple() | set() | frozenset():
            return [_plain(each) for each in value]
        case None | bool() | int() | float() | str():
            return value
        case _:
            return str(value)
