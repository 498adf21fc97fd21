"""Data classes, purposes and retention classes of columns.

A table names its purpose and its retention class in `__data__`. Each column is declared by the function of its class:

    class PersonNumber(Table):
        __tablename__ = "person_numbers"
        __data__ = TableData("call or text somebody on a number of their own", Retention.PERSON)

        person_id: Mapped[int] = identifier(ForeignKey("people.id"), primary_key=True)
        e164: Mapped[str] = contact()
        may_text: Mapped[bool] = contact(purpose="text only where that is possible and allowed")

A column has the purpose and the retention class of its table, unless it names its own. `store.data_classes` lists all.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from sqlalchemy.orm import MappedColumn, mapped_column

INFO: Final = "data"
"""Key of a column's `info` under which its `ColumnData` lies."""


class ColumnClass(StrEnum):
    """Kind of data that a column holds.

    Access by a citizen shows all but the last two.
    """

    IDENTIFIER = "identifier"  # a key of a person, of an address, or of what a person holds
    CONTACT = "contact"  # how somebody is named and reached
    SITUATION = (
        "situation"  # a fact about somebody: their life, their duties, what we did or decided
    )
    CITIZEN_WORDS = "citizen_words"  # what somebody said or wrote, and notes and texts of that
    STAFF = "staff"  # a colleague: their name, their data, what they write about their own work
    TECHNICAL = "technical"  # nothing of anybody


class Retention(StrEnum):
    """Retention class of a row.

    The periods are the body's own.
    """

    PERSON = "person"  # while a source lists the person, and until it is erased
    CAMPAIGN_LEDGER = "campaign_ledger"  # by the class that the campaign names in its file
    CAMPAIGN = "campaign"  # as long as one must account for the campaign
    TOUCH = "touch"  # as long as caps count it: it outlives the ledger of its campaign
    MAIL = "mail"  # as long as the print shop and the carrier may be asked about a run
    CONVERSATION = "conversation"  # what was said, and the call it was said in
    CASE = "case"  # until a while after the case was closed
    OUTCOME = "outcome"  # until the effect of the campaigns it counts for was reported
    SUPPRESSION = "suppression"  # while it holds, and as long as one must prove that it did
    CONSENT = "consent"  # as long as one must prove it
    SIGNAL = "signal"  # until a while after it was decided
    AUDIT = "audit"  # as long as one may ask who did what
    STAFF_ACCOUNT = "staff_account"  # while the colleague works here, and a while after
    PROVIDER_EVENT = "provider_event"  # as long as a provider may be asked about it
    SHORT_LIVED = "short_lived"  # days: it goes by itself
    SETUP = "setup"  # as long as it is in use
    TECHNICAL = "technical"  # as long as a row that came from it


@dataclass(frozen=True, slots=True)
class TableData:
    """Purpose and retention class of a table, the defaults of its columns."""

    purpose: str
    retention: Retention


@dataclass(frozen=True, slots=True)
class ColumnData:
    """The class of one column, and where it differs from its table, its purpose and retention class."""

    kind: ColumnClass
    purpose: str | None = None
    retention: Retention | None = None


def column_of(
    kind: ColumnClass,
    *args: Any,
    purpose: str | None = None,
    retention: Retention | None = None,
    **options: Any,
) -> MappedColumn[Any]:
    """Declare a column of one class.

    Args:
        kind: The class.
        args: As for `mapped_column`.
        purpose: What the column is for, where that is not simply the purpose of its table.
        retention: How long it is kept, where that is not as long as its row.
        options: As for `mapped_column`.
    """
    return mapped_column(*args, info={INFO: ColumnData(kind, purpose, retention)}, **options)


def identifier(*args: Any, **options: Any) -> MappedColumn[Any]:
    """Declare a key of a person, of an address, or of what a person holds."""
    return column_of(ColumnClass.IDENTIFIER, *args, **options)


def contact(*args: Any, **options: Any) -> MappedColumn[Any]:
    """Declare a part of a name, an address, a number or another way to reach somebody."""
    return column_of(ColumnClass.CONTACT, *args, **options)


def situation(*args: Any, **options: Any) -> MappedColumn[Any]:
    """Declare a fact about somebody, or something that was done or decided about them."""
    return column_of(ColumnClass.SITUATION, *args, **options)


def citizen_words(*args: Any, **options: Any) -> MappedColumn[Any]:
    """Declare a column for what somebody said or wrote, or for a note or text of that."""
    return column_of(ColumnClass.CITIZEN_WORDS, *args, **options)


def staff(*args: Any, **options: Any) -> MappedColumn[Any]:
    """Declare a column about a colleague."""
    return column_of(ColumnClass.STAFF, *args, **options)


def technical(*args: Any, **options: Any) -> MappedColumn[Any]:
    """Declare a column that holds nothing of anybody."""
    return column_of(ColumnClass.TECHNICAL, *args, **options)
