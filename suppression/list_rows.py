"""Read a row of a suppression list into an entry, or refuse it with a remedy."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cache, lru_cache

from people.address_rekeying import former_key
from people.addresses import AddressFields, PostalAddress
from people.cells.damaged_references import References
from people.sheets import Row
from store.clock import LOCAL, parse_moment
from store.errors import BadInput
from store.sentences import Sentence
from store.states import SuppressionScope
from suppression.columns import key_in, shown, token
from suppression.entries import NOTHING_YET, EntryHistory, NewEntry, content
from suppression.lists import checked_channel, checked_purpose, checked_subject, listable

_LENGTH_OF_DAY = len("2023-06-01")
_WHOM = (
    "name a person_ref, a number, a postcode and house_number, or a location_description and town"
)
_HASH_LENGTH = 64
_LARGEST_KEY = 1 << 63
_PENDING = {"": False, "no": False, "yes": True}
_ADDRESS = (
    *("house_number", "house_letter", "house_addition", "house_designation"),
    *("postcode", "country"),
)
_REFERENCES = References()  # of any width: which one is right is asked of the people we know
_reason = cache(listable)  # a list has a handful of reasons, a million times


@dataclass(frozen=True, slots=True, kw_only=True)
class _Whom:
    scope: SuppressionScope
    e164: str | None = None
    household_key: int | None = None
    spelled_key: int | None = None
    joint_hash: str | None = None


@dataclass(frozen=True, slots=True)
class EntryReader:
    """Reader of the rows of one list file.

    Attributes:
        source: What a row that names no source comes from.
        now: When it is imported; a row without `from` holds from this moment.
        channels: The channels of this installation, or None to accept any word.
        exported: Whether the file has columns of an export's history.
    """

    source: str
    now: datetime
    channels: Collection[str] | None
    exported: bool = False

    def read(self, row: Row) -> NewEntry:
        """Read one row.

        Raises:
            BadInput: a field is wrong, or the row is about nobody.
        """
        row = _as_written(row)
        said = row.fields.get
        begins, ends = said("from", ""), said("until", "")
        starts_at, ends_at = day_or_moment(begins, "from"), day_or_moment(ends, "until")
        if ends_at is not None and ends_at <= (starts_at or self.now):
            raise BadInput(
                "lies before the row begins to hold",
                "name a later day, or leave it empty",
                field="until",
            )
        whom = _whom(row) if self.exported else _found(row)
        if ref := said("person_ref"):
            _refuse_damaged(ref)
        entry = NewEntry(
            scope=whom.scope,
            reason=_reason(said("reason", "")),
            source=said("source") or self.source,
            starts_at=starts_at or self.now,
            repeat=f"{begins}/{ends}",  # not `now`: the same line tomorrow is the same entry
            person_ref=said("person_ref") or None,
            household_key=whom.household_key,
            spelled_key=whom.spelled_key,
            e164=whom.e164,
            channel=checked_channel(said("channel"), self.channels),
            purpose=checked_purpose(said("purpose")),
            ends_at=ends_at,
            note=said("note", ""),
            subject=checked_subject(said("subject")),
        )
        return self._with_history(entry, whom, row) if self.exported else entry

    def _with_history(self, entry: NewEntry, whom: "_Whom", row: Row) -> NewEntry:
        """Return an exported entry with its history and key, unless the row was edited."""
        past = _past(row, self.now)
        entry = replace(
            entry, joint_hash=whom.joint_hash, pending=_pending(row["pending"]), past=past
        )
        key = key_in(row["entry"])
        same = key is not None and token(key, *content(entry)) == row["entry"]
        return replace(entry, known_key=key) if same else entry


def _refuse_damaged(ref: str) -> None:
    """Refuse a reference that a spreadsheet made a number or a date of: it would hold nobody."""
    try:
        _REFERENCES.refuse_damaged([ref])
    except BadInput as error:
        error.field = "person_ref"
        raise


def _as_written(row: Row) -> Row:
    """Return the row without the apostrophes that an export adds against formulas."""
    if "'" not in "".join(row.fields.values()):
        return row
    return Row(row.line, {column: shown(cell) for column, cell in row.fields.items()})


def _whom(row: Row) -> _Whom:
    """Return whom a row names. A `scope` is only needed if the rest leaves a choice."""
    found = _found(row)
    scope = row["scope"]
    if scope and scope != found.scope:
        raise BadInput(
            Sentence("{seen!r} is not what the row is about", seen=scope[:40]),
            Sentence("write {scope}", scope=found.scope),
            field="scope",
        )
    return found


def _found(row: Row) -> _Whom:
    said = row.fields.get
    ref, number = said("person_ref"), said("number")
    address = any(map(said, ("postcode", "house_number", "location_description", "address_key")))
    joint, with_number = said("joint_hash"), said("scope") == SuppressionScope.NUMBER
    if number and (address or (ref and not with_number)):
        raise BadInput(
            "is about a number and about something else", "write two rows", field="number"
        )
    if number or (joint and with_number):
        return _Whom(
            scope=SuppressionScope.NUMBER, e164=row.number("number"), joint_hash=_joint_hash(joint)
        )
    if address:
        scope = SuppressionScope.PERSON_AT_ADDRESS if ref else SuppressionScope.ADDRESS
        return _at_address(row, scope)
    if ref or joint:
        return _Whom(scope=SuppressionScope.PERSON, joint_hash=_joint_hash(joint))
    raise BadInput("is about nobody", _WHOM, field="person_ref")


def _at_address(row: Row, scope: SuppressionScope) -> _Whom:
    text = row["address_key"]
    if not text:
        home = _home(row)
        return _Whom(
            scope=scope, household_key=home.household_key, spelled_key=_spelled_key(row, home)
        )
    if row["postcode"] or row["house_number"] or row["location_description"]:
        raise BadInput("stands beside an address", "write one of the two", field="address_key")
    if not (text.isascii() and text.isdecimal() and int(text) < _LARGEST_KEY):
        raise BadInput(
            Sentence("{seen!r} is not the key of an address", seen=text[:40]),
            "leave it as it was exported",
            field="address_key",
        )
    return _Whom(scope=scope, household_key=int(text))


def _home(row: Row) -> PostalAddress:
    """Return the address of a row. With a house number the street and the town are no part of its key."""
    place = row["location_description"]
    return PostalAddress.parse(
        street="-",
        location=place,
        town=row["town"] or ("" if place else "-"),
        **{name: row[name] for name in _ADDRESS},
    )


def _spelled_key(row: Row, home: PostalAddress) -> int | None:
    """Return the key by which the same row was known before every spelling had one key."""
    fields = AddressFields(
        street="",
        house_number=row["house_number"],
        house_letter=row["house_letter"],
        house_addition=row["house_addition"],
        house_designation=row["house_designation"],
        location=row["location_description"],
        line_1="",
        line_2="",
        line_3="",
        postcode=home.postcode,
        town="",
        country=home.country,
    )
    return former_key(fields)


def _joint_hash(text: str | None) -> str | None:
    if not text:
        return None
    if len(text) != _HASH_LENGTH or not set(text) <= set("0123456789abcdef"):
        raise BadInput(
            Sentence("{seen!r} is not a hash", seen=text[:40]),
            "leave it as it was exported",
            field="joint_hash",
        )
    return text


def _pending(text: str) -> bool:
    try:
        return _PENDING[text]
    except KeyError:
        raise BadInput(
            Sentence("{seen!r} is neither yes nor no", seen=text[:40]),
            "write yes or no",
            field="pending",
        ) from None


def _past(row: Row, now: datetime) -> EntryHistory:
    """Return the history of an exported entry."""
    if not (row["added_at"] or row["lifted_at"] or row["lifted_by"] or row["lifted_why"]):
        return NOTHING_YET
    added_at, lifted_at = _earlier(row, "added_at", now), _earlier(row, "lifted_at", now)
    if lifted_at is not None or row["lifted_by"] or row["lifted_why"]:
        for column in ("lifted_at", "lifted_by", "lifted_why"):
            if not row[column]:
                raise BadInput(
                    "is empty", "a lift has its moment, who lifted and why", field=column
                )
    return EntryHistory(
        added_at=added_at,
        added_by=row["added_by"] or None,
        lifted_at=lifted_at,
        lifted_by=row["lifted_by"] or None,
        lifted_why=row["lifted_why"] or None,
    )


def _earlier(row: Row, column: str, now: datetime) -> datetime | None:
    moment = day_or_moment(row[column], column)
    if moment is not None and moment > now:
        raise BadInput(
            Sentence("{moment} lies in the future", moment=row[column]),
            "write when it was",
            field=column,
        )
    return moment


@lru_cache(maxsize=4096)
def day_or_moment(text: str, column: str) -> datetime | None:
    """Read a day or a moment. A day means midnight at its beginning, or in `until` at its end.

    Raises:
        BadInput: the text is neither.
    """
    if not text:
        return None
    try:
        if len(text) > _LENGTH_OF_DAY:
            return parse_moment(text)
        day = date.fromisoformat(text) + timedelta(days=column == "until")
    except BadInput as error:
        error.field = column
        raise
    except (ValueError, OverflowError):
        raise BadInput(
            Sentence("{seen!r} is not a date", seen=text[:40]),
            "write it as 2023-06-01",
            field=column,
        ) from None
    return datetime.combine(day, time(), LOCAL).astimezone(UTC)
