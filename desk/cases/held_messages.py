"""Messages that hold somebody until a person has decided what they mean."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, select

from store.clock import month_later
from store.engine import Store
from store.errors import BadInput
from store.sentences import Sentence
from store.tables import Suppression
from suppression.entries import Entry, entries_where


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldMessage:
    """A message about which a person still has to decide."""

    id: int  # of its first entry
    who: tuple[str, ...]  # person_refs and numbers
    received_at: datetime
    source: str
    text: str  # the words of the message

    @property
    def answer_by(self) -> datetime:
        """The last moment to answer, one month after the message (AVG 12.3)."""
        return month_later(self.received_at)

    def as_data(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {**asdict(self), "answer_by": self.answer_by}


def held_messages(store: Store, which: ColumnElement[bool]) -> list[HeldMessage]:
    """Return the messages whose entries match a condition, the oldest first."""
    with store.reading() as connection:
        found = entries_where(connection, which)
    together: dict[tuple[str, datetime], list[Entry]] = defaultdict(list)
    for entry in found:
        together[entry.source, entry.starts_at].append(entry)
    return sorted(map(_message, together.values()), key=lambda each: (each.received_at, each.id))


def _message(entries: Sequence[Entry]) -> HeldMessage:
    first = entries[0]
    who = dict.fromkeys(
        name for entry in entries for name in (entry.person_ref, entry.e164) if name
    )
    return HeldMessage(
        id=first.id,
        who=tuple(who),
        received_at=first.starts_at,
        source=first.source,
        text=first.note,
    )


def entries_of(
    connection: Connection, ref: str, which: ColumnElement[bool], *, listed_by: str
) -> list[Entry]:
    """Return the entries of one message that match a condition, which are the person's and the number's.

    Return nothing where the entry exists and its message waits no more.

    Raises:
        BadInput: there is no such entry; `listed_by` is the command that lists them.
    """
    number = ref.removeprefix("#")
    one = entries_where(connection, Suppression.id == int(number)) if number.isdecimal() else []
    if not one:
        raise BadInput(
            "is not an entry",
            Sentence("name one as '#12', see {listed_by}", listed_by=listed_by),
            field=ref,
        )
    together = (Suppression.source == one[0].source) & (Suppression.starts_at == one[0].starts_at)
    # of two who decide at once, one does
    connection.execute(select(Suppression.id).where(together).with_for_update())
    found = entries_where(connection, which & together)
    return found if one[0].id in {entry.id for entry in found} else []


def whom(found: Sequence[Entry]) -> str | None:
    """Return whose message it is, where that is known."""
    return next((entry.person_ref for entry in found if entry.person_ref), None)
