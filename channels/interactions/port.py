"""The port of a register of contacts, which takes contacts and the tasks that follow from them.

The lengths are those of Klantinteracties 0.9, the casework standard of Dutch municipalities (VNG).
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from store.errors import BadInput
from store.sentences import Sentence

LONGEST_CHANNEL = 50
LONGEST_TOPIC = 200
LONGEST_CONTENT = 1_000
LONGEST_NEEDED = 200
LONGEST_ABOUT = 1_000
LONGEST_REFERENCE = 255


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """A contact with a citizen (klantcontact).

    It names nobody; where allowed it carries a reference.
    """

    key: str  # ours: call:12
    channel: str  # kanaal: telefoon, sms, balie
    topic: str  # onderwerp
    content: str  # inhoud
    succeeded: bool | None  # somebody was spoken to; None: nobody was to be
    language: str  # ISO 639-2: nld; und: not known
    at: datetime
    person: str | None = None  # a reference, never a citizen number

    def __post_init__(self) -> None:
        _fits("channel", self.channel, LONGEST_CHANNEL)
        _fits("topic", self.topic, LONGEST_TOPIC)
        _fits("content", self.content, LONGEST_CONTENT)
        _fits("person", self.person or "", LONGEST_REFERENCE)


@dataclass(frozen=True, slots=True)
class Task:
    """A task for a colleague (interne taak)."""

    key: str  # ours: handover:3
    contact: str  # the register's own reference of the contact it came out of
    needed: str  # gevraagdeHandeling
    about: str  # toelichting

    def __post_init__(self) -> None:
        _fits("needed", self.needed, LONGEST_NEEDED)
        _fits("about", self.about, LONGEST_ABOUT)


def _fits(name: str, text: str, longest: int) -> None:
    if len(text) > longest:
        raise BadInput(
            Sentence("has {count} characters", count=len(text)),
            Sentence("say it in {longest}", longest=longest),
            field=name,
        )


@dataclass(frozen=True, slots=True)
class Put:
    """The register has stored it."""

    remote: str  # its own reference


@dataclass(frozen=True, slots=True)
class Declined:
    """The register refused it, and surely does not have it."""

    detail: str  # one plain sentence, without personal data


@dataclass(frozen=True, slots=True)
class Unclear:
    """The register may have stored it, as after a time-out or a broken connection.

    Look for it before it is put again.
    """

    detail: str


class Interactions(Protocol):
    """A register of contacts and tasks."""

    @property
    def name(self) -> str:
        """The address or path of the register.

        Records that went to it are kept under this name.
        """
        ...

    def put_contact(self, contact: Contact) -> Put | Declined | Unclear:
        """Create a contact.

        Raises:
            Unavailable: it cannot be reached now, and surely has nothing.
        """
        ...

    def find_contact(self, key: str) -> str | None:
        """Return the register's reference of the contact with this key, if it has it.

        Raises:
            Unavailable: it cannot be asked now.
        """
        ...

    def put_task(self, task: Task) -> Put | Declined | Unclear:
        """Create a task.

        Raises:
            Unavailable: it cannot be reached now, and surely has nothing.
        """
        ...

    def find_task(self, task: Task, *, besides: frozenset[str]) -> str | None:
        """Return the register's reference of this task, if it has it.

        Those in `besides` are known to be other tasks of ours.

        Raises:
            Unavailable: it cannot be asked now.
        """
        ...

    def done_at(self, remote: str) -> datetime | None:
        """Return when a task was done, or None where it is still open, or is gone.

        Raises:
            Unavailable: it cannot be asked now.
        """
        ...
