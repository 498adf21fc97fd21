"""Export conversations and handovers to a body's own contact register, each exactly once.

A row is written before the register is called. Where no answer came, the register is asked whether it has the
contact before it is sent again. So a kill at any moment loses nothing and duplicates nothing.
"""

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import Connection, insert, select, update

from channels.interactions import Contact, Declined, Interactions, Put, Unclear
from channels.port import Unavailable
from desk.cases.contact_contents import (
    UnregisteredCall,
    UnregisteredHandover,
    contact_of,
    occasion_key,
    occasion_of,
    task_key,
    task_of,
    unregistered_calls,
    unregistered_handovers,
)
from desk.cases.handovers import done
from installation.installation import Installation
from store.engine import Store
from store.errors import BadInput
from store.mapped_rows import read_one_or_none
from store.states import AttemptState
from store.tables import Handover, Interaction

_OPEN = (AttemptState.WRITTEN, AttemptState.UNKNOWN)
_Unregistered = TypeVar("_Unregistered", UnregisteredCall, UnregisteredHandover)


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """Counts of one export."""

    contacts: int = 0
    tasks: int = 0
    declined: int = 0  # surely not there, tried again with the next export
    unclear: int = 0  # perhaps there, asked about with the next export
    done: int = 0  # tasks that the register says were done since
    stopped: str = ""  # why nothing more could go now

    def as_data(self) -> dict[str, Any]:
        """Return it as plain data."""
        return asdict(self)


def export(
    installation: Installation, register: Interactions, *, with_person: bool, now: datetime
) -> Exported:
    """Export every contact and task that is not in the register yet, and read back which tasks are done.

    Args:
        installation: the installation.
        register: the register to export to.
        with_person: whether contacts carry the person's reference. Citizen numbers are never exported.
        now: the present moment.

    Raises:
        BadInput: another export to this register is under way.
    """
    with installation.store.holding(f"interactions {register.name}") as held:
        if not held:
            raise BadInput(
                "an export to it is under way", "wait until it is done", field=register.name
            )
        run = _Run(installation.store, register, now, with_person)
        try:
            run.contacts()
            run.tasks()
            run.read_back()
        except Unavailable as error:
            run.total = replace(run.total, stopped=str(error))
        return run.total


class _Run:
    """One export run."""

    def __init__(
        self,
        store: Store,
        register: Interactions,
        now: datetime,
        with_person: bool,  # noqa: FBT001
    ) -> None:
        self._store, self._register, self._now, self._with_person = (
            store,
            register,
            now,
            with_person,
        )
        self.total = Exported()

    def contacts(self) -> None:
        """Export the contacts, the oldest first."""
        for call in self._each(unregistered_calls):
            self._contact(contact_of(call, with_person=self._with_person))

    def _contact(self, contact: Contact) -> None:
        register = self._register
        if self._put(
            contact.key,
            lambda: register.put_contact(contact),
            lambda: register.find_contact(contact.key),
        ):
            self.total = replace(self.total, contacts=self.total.contacts + 1)

    def tasks(self) -> None:
        """Export the tasks whose contact is in the register. A call that still goes on has no contact yet."""
        for handover in self._each(unregistered_handovers):
            key = occasion_key(handover)
            if handover.call_id is None and self._remote_of(key) is None:
                self._contact(occasion_of(handover, with_person=self._with_person))
            if contact := self._remote_of(key):
                self._task(handover, contact)

    def _task(self, handover: UnregisteredHandover, contact: str) -> None:
        key = task_key(handover.id)
        try:
            task = task_of(handover, contact)
        except BadInput as error:
            self._note(key, AttemptState.REFUSAL, detail=error.problem)
            self.total = replace(self.total, declined=self.total.declined + 1)
            return
        known, register = self._known_tasks(besides=key), self._register
        if self._put(
            key, lambda: register.put_task(task), lambda: register.find_task(task, besides=known)
        ):
            self.total = replace(self.total, tasks=self.total.tasks + 1)

    def _each(
        self, read: Callable[[Connection, str, int], list[_Unregistered]]
    ) -> Iterator[_Unregistered]:
        """Yield what is to be exported, in batches. No transaction is open while the register is called."""
        after = 0
        while True:
            with self._store.reading() as connection:
                rows = read(connection, self._register.name, after)
            if not rows:
                return
            yield from rows
            after = rows[-1].id

    def read_back(self) -> None:
        """Read which tasks are done, and close their handovers."""
        waits = (
            Interaction.register == self._register.name,
            Interaction.key.like("handover:%"),
            Interaction.state == AttemptState.RECEIPT,
            Interaction.task_done_at.is_(None),
        )
        with self._store.reading() as connection:
            rows = connection.execute(
                select(Interaction.id, Interaction.key, Interaction.remote).where(*waits)
            ).all()
        for row in rows:
            if at := self._register.done_at(row.remote or ""):
                self._end(row.id, int(row.key.removeprefix("handover:")), at)

    def _end(self, row_id: int, handover_id: int, at: datetime) -> None:
        with self._store.reading() as connection:
            still = select(Handover.id).where(
                Handover.id == handover_id, Handover.done_at.is_(None)
            )
            waits = connection.execute(still).first() is not None
        if waits:
            done(self._store, handover_id, by=self._register.name, outcome="verwerkt", now=at)
        with self._store.writing() as connection:
            connection.execute(
                update(Interaction).where(Interaction.id == row_id).values(task_done_at=at)
            )
        self.total = replace(self.total, done=self.total.done + 1)

    def _put(
        self, key: str, put: Callable[[], Put | Declined | Unclear], find: Callable[[], str | None]
    ) -> bool:
        """Write the row, send the record and write the result. Look first whether an earlier try arrived."""
        if self._state_of(key) in _OPEN and (remote := find()):
            self._note(key, AttemptState.RECEIPT, remote=remote)
            return True
        self._note(key, AttemptState.WRITTEN, tries=1)
        try:
            result = put()
        except Unavailable as error:
            self._note(key, AttemptState.TAKEN_BACK, detail=str(error))
            raise
        match result:
            case Put(remote):
                self._note(key, AttemptState.RECEIPT, remote=remote)
                return True
            case Declined(detail):
                self._note(key, AttemptState.REFUSAL, detail=detail)
                self.total = replace(self.total, declined=self.total.declined + 1)
            case Unclear(detail):
                self._note(key, AttemptState.UNKNOWN, detail=detail)
                self.total = replace(self.total, unclear=self.total.unclear + 1)
        return False

    def _note(
        self,
        key: str,
        state: AttemptState,
        *,
        tries: int = 0,
        remote: str | None = None,
        detail: str = "",
    ) -> None:
        mine = (Interaction.register == self._register.name, Interaction.key == key)
        ended = None if state is AttemptState.WRITTEN else self._now
        values = {"state": state, "finished_at": ended, "remote": remote, "detail": detail}
        with self._store.writing() as connection:
            again = (
                update(Interaction).where(*mine).values(**values, tries=Interaction.tries + tries)
            )
            if connection.execute(again).rowcount:
                return
            row = {
                **values,
                "register": self._register.name,
                "key": key,
                "tries": tries,
                "written_at": self._now,
            }
            connection.execute(insert(Interaction).values(**row))

    def _row(self, key: str) -> Interaction | None:
        mine = (Interaction.register == self._register.name, Interaction.key == key)
        with self._store.reading() as connection:
            return read_one_or_none(connection, select(Interaction).where(*mine))

    def _state_of(self, key: str) -> AttemptState | None:
        row = self._row(key)
        return row.state if row else None

    def _remote_of(self, key: str) -> str | None:
        row = self._row(key)
        return row.remote if row and row.state is AttemptState.RECEIPT else None

    def _known_tasks(self, *, besides: str) -> frozenset[str]:
        mine = (Interaction.register == self._register.name, Interaction.key.like("handover:%"))
        with self._store.reading() as connection:
            found = connection.execute(
                select(Interaction.remote).where(*mine, Interaction.key != besides)
            )
            return frozenset(remote for remote in found.scalars() if remote)
