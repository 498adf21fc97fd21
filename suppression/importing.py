"""Import a list of whom not to reach from a CSV file: people, addresses or numbers, known to us or not yet."""

from collections.abc import Collection
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from sqlalchemy import Connection

from people.addresses import PostalAddress
from people.sheets import Refusals, Row, open_sheet
from people.taking import Taken, Watch, take_sheet, unwatched
from store.clock import LOCAL, parse_moment
from store.engine import Store
from store.errors import BadInput
from store.states import SuppressionScope
from suppression.entries import NewEntry, list_entries
from suppression.listing import checked_channel, checked_purpose, listable

COLUMNS = (
    "person_ref",
    "number",
    "postcode",
    "house_number",
    "house_letter",
    "house_addition",
    "country",
    "channel",
    "purpose",
    "from",
    "until",
    "source",
    "note",
)
_LENGTH_OF_DAY = len("2023-06-01")
_WHOM = "name a person_ref, a number, or a postcode and house_number"


def import_list(
    store: Store,
    file: Path,
    *,
    now: datetime,
    by: str,
    channels: Collection[str] | None = None,
    refused: Path | None = None,
    watch: Watch = unwatched,
) -> Taken:
    """Import a list. The same line imported twice is one entry, also when it was lifted since.

    Columns: `reason` and, each where needed, those of `COLUMNS`. A row is about a person (`person_ref`), a number, an
    address (`postcode`, `house_number`, ...), or a person at one address. `from` and `until` are days, both included.

    Args:
        store: The database.
        file: The CSV file.
        now: When it is imported; a row without `from` holds from this moment.
        by: Who imports it.
        channels: The channels this house has; a row about another one is refused. None: any word is taken.
        refused: Where the refused rows are written, if there are any.
        watch: Told how far the work is.

    Raises:
        BadInput: the file is empty, not UTF-8, or has the wrong columns.
    """
    sheet = open_sheet(file, required=["reason"], optional=COLUMNS)

    def take(connection: Connection, _import_id: int, rows: list[Row], refusals: Refusals) -> int:
        found: list[NewEntry] = []
        for row in rows:
            try:
                found.append(read_entry(row, file.name, now, channels))
            except BadInput as error:
                refusals.refuse(row, error)
        return list_entries(connection, found, by=by, now=now)

    return take_sheet(store, sheet, take, kind="suppressions", now=now, refused=refused, watch=watch)


def read_entry(row: Row, source: str, now: datetime, channels: Collection[str] | None) -> NewEntry:
    """Read one row.

    Raises:
        BadInput: a field is wrong, or the row is about nobody.
    """
    starts_at, ends_at = day_or_moment(row["from"], "from"), day_or_moment(row["until"], "until")
    if ends_at is not None and ends_at <= (starts_at or now):
        raise BadInput("lies before the row begins to hold", "name a later day, or leave it empty", field="until")
    scope, e164, household_key = _whom(row)
    return NewEntry(
        scope,
        listable(row["reason"]),
        row["source"] or source,
        starts_at or now,
        repeat=f"{row['from']}/{row['until']}",  # not `now`: the same line tomorrow is the same entry
        person_ref=row["person_ref"] or None,
        household_key=household_key,
        e164=e164,
        channel=checked_channel(row["channel"], channels),
        purpose=checked_purpose(row["purpose"]),
        ends_at=ends_at,
        note=row["note"],
    )


def _whom(row: Row) -> tuple[SuppressionScope, str | None, int | None]:
    """Say what a row closes: the scope, the number, the address."""
    address = bool(row["postcode"] or row["house_number"])
    if row["number"] and (address or row["person_ref"]):
        raise BadInput("is about a number and about something else", "write two rows", field="number")
    if row["number"]:
        return SuppressionScope.NUMBER, row.number("number"), None
    if address:
        scope = SuppressionScope.PERSON_AT_ADDRESS if row["person_ref"] else SuppressionScope.ADDRESS
        return scope, None, _household_key(row)
    if row["person_ref"]:
        return SuppressionScope.PERSON, None, None
    raise BadInput("is about nobody", _WHOM, field="person_ref")


def _household_key(row: Row) -> int:
    parts = {name: row[name] for name in ("postcode", "house_number", "house_letter", "house_addition", "country")}
    # the street and the town are no part of the key
    return PostalAddress.parse(street="-", town="-", **parts).household_key


def day_or_moment(text: str, column: str) -> datetime | None:
    """Read a day or a moment: a day begins at midnight in `from`, and ends at midnight in `until`.

    Raises:
        BadInput: the text is neither.
    """
    if not text:
        return None
    try:
        if len(text) > _LENGTH_OF_DAY:
            return parse_moment(text)
        day = date.fromisoformat(text) + timedelta(days=column == "until")
    except (ValueError, OverflowError):
        raise BadInput(f"{text[:40]!r} is no day", "write it as 2023-06-01", field=column) from None
    return datetime.combine(day, time(), LOCAL).astimezone(UTC)
