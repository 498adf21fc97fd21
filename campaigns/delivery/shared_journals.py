"""Journals of texts in PostgreSQL, with attempts written only under the epoch of a hold.

The statement that writes what has begun first renews the lease, and so locks its row until it is committed. A taker
that changes the epoch waits for that row. So either it finds the attempt when it reads the journal afterwards, or the
attempt finds no lease of its own, nothing is written, and nothing is sent.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock
from time import monotonic, sleep
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select, text
from sqlalchemy.exc import DBAPIError

from channels.port import Receipt, Unavailable
from channels.sms.journal import Journal
from store.engine import Store
from store.holds import Hold, LostHold
from store.leases import LASTS
from store.sentences import Sentence
from store.tables import JournalLine

GATHERED = 0.05
"""Seconds for which results are gathered before they are written. Lost ones are asked of the provider."""
_LOOK_AGAIN = 0.2

_FENCED = text(f"""
WITH mine AS (
  UPDATE leases SET held_until = clock_timestamp() + interval '{LASTS} seconds'
  WHERE name = :key AND epoch = :epoch RETURNING name)
INSERT INTO journal_lines (key, line, written_at)
SELECT mine.name, given.line, clock_timestamp()
FROM mine, jsonb_array_elements(CAST(:lines AS jsonb)) WITH ORDINALITY AS given(line, place)
ORDER BY given.place
""")
_AS_IT_COMES = text("""
WITH relaxed AS MATERIALIZED (SELECT set_config('synchronous_commit', 'off', true))
INSERT INTO journal_lines (key, line, written_at)
SELECT :key, given.line, clock_timestamp()
FROM relaxed, jsonb_array_elements(CAST(:lines AS jsonb)) WITH ORDINALITY AS given(line, place)
ORDER BY given.place
""")
"""Insert of results that does not wait for the disk. Lost ones are asked of the provider."""

_LONG_ENDED = text("""
DELETE FROM journal_lines AS old
WHERE written_at < clock_timestamp() - interval '30 days' AND line ? 'all'
  AND NOT EXISTS (SELECT 1 FROM deliveries WHERE deliveries.key = old.key AND state = 'open')
  AND NOT EXISTS (
    SELECT 1 FROM answers WHERE answers.key = old.key AND state IN ('claimed', 'unknown'))
""")
"""Journals that nobody asks any more. One of a batch that is still open stays, however old it is."""


@dataclass(kw_only=True)
class SharedJournal(Journal):
    """The journal of one batch in the database, with a connection of its own while it is open."""

    store: Store
    key: str
    hold: Hold | None  # None: of another batch, only read
    _ahead: timedelta = timedelta(0)  # the database's clock before this process's running one
    _waiting: list[dict[str, Any]] = field(default_factory=list)
    _flushed: float = 0.0
    _writing: Lock = field(default_factory=Lock)
    _connection: Connection | None = None

    def now(self) -> datetime:
        """Return the moment by the database's clock, which is one for all machines."""
        return datetime.fromtimestamp(monotonic(), tz=self.opened.tzinfo) + self._ahead

    def read(self) -> None:
        """Read what was written before, and set the clock."""
        with self.store.reading() as connection:
            moment = connection.execute(select(func.clock_timestamp())).scalar_one()
            self._ahead = moment - datetime.fromtimestamp(monotonic(), tz=moment.tzinfo)
            self.opened = moment
            lines = select(JournalLine.line).where(JournalLine.key == self.key)
            self.take(connection.execute(lines.order_by(JournalLine.id)).scalars().all())
        if self.fresh and (self.begun or self.ended or self.closed):
            self.fresh = False  # it was looked for before

    def take(self, lines: Any) -> None:
        """Take lines in, as they were written."""
        for line in lines:
            (name, value), *_ = line.items()
            if name == "all":
                self.take(value)
            else:
                self._take(name, value)

    def note_taking(self) -> None:
        """Write when this batch was taken from a process that had not let go of it."""
        self.taken = self.now()
        self._write({"taken": self.taken.isoformat()}, sync=True)

    def let_go(self) -> None:
        """Write what was gathered, and give the connection back."""
        with self._writing:
            if self._waiting:
                with suppress(DBAPIError):  # then it is asked of the provider
                    self._flush(_AS_IT_COMES)
            self._give_back()

    def _write(self, *lines: dict[str, Any], sync: bool = False) -> None:
        with self._writing:
            self._waiting += lines
            if sync:
                self._flush(_FENCED)
            elif monotonic() - self._flushed >= GATHERED:
                self._flush(_AS_IT_COMES)

    def _flush(self, statement: Any) -> None:
        """Write all that waits in one statement, and once more where the session was dropped meanwhile.

        Raises:
            LostHold: the batch is another process's, and nothing was written.
        """
        given = {"key": self.key, "lines": json.dumps(self._waiting)}
        if statement is _FENCED:
            given["epoch"] = self.hold.epoch if self.hold else ""
        try:
            written = self._own().execute(statement, given).rowcount
        except DBAPIError as error:
            self._give_back()
            if not error.connection_invalidated:
                raise
            written = self._own().execute(statement, given).rowcount
        if not written:
            raise LostHold(f"{self.key} is held by another process now")
        self._waiting, self._flushed = [], monotonic()

    def _own(self) -> Connection:
        if self._connection is None:
            self._connection = self.store.engine.connect().execution_options(
                isolation_level="AUTOCOMMIT"
            )
        return self._connection

    def _give_back(self) -> None:
        if self._connection is not None:
            with suppress(DBAPIError):
                self._connection.close()
            self._connection = None

    def _rewrite(self, lines: list[dict[str, Any]]) -> None:
        """Draw all lines together in one, which holds no number."""
        with self.store.writing() as connection:
            if self.hold is not None:
                self.hold.guard(connection)
            connection.execute(delete(JournalLine).where(JournalLine.key == self.key))
            connection.execute(_LONG_ENDED)
            connection.execute(
                insert(JournalLine).values(
                    key=self.key, line={"all": lines}, written_at=func.clock_timestamp()
                )
            )


@dataclass(frozen=True, slots=True)
class SharedJournals:
    """The journals of an installation, as the holder of one batch uses them."""

    store: Store
    hold: Hold

    @contextmanager
    def held(self, key: str, *, now: datetime, most: float = -1) -> Iterator[Journal]:  # noqa: ARG002  nobody is waited for
        """Open the journal of the batch that is held.

        Raises:
            LostHold: another process has the batch by now.
        """
        if key != self.hold.name:
            raise ValueError(f"{key} is not the batch that is held")
        journal = SharedJournal(opened=now, store=self.store, key=key, hold=self.hold)
        journal.read()
        try:
            if self.hold.taken_over and journal.begun:
                journal.note_taking()
            yield journal
        finally:
            journal.let_go()

    @contextmanager
    def settling(self, most: float) -> Iterator[None]:
        """Let one process at a time match a provider's list to attempts.

        Raises:
            Unavailable: somebody still did after `most` seconds.
        """
        ends = monotonic() + most
        while True:
            with self.store.holding("settling of texts") as mine:
                if mine:
                    yield
                    return
            if monotonic() > ends:
                raise Unavailable(
                    Sentence("{key} waits for another batch to be settled", key=self.hold.name)
                )
            sleep(_LOOK_AGAIN)

    def ask_to_stop(self, key: str) -> None:
        """Do nothing, because whoever has the hold is the only one who may send."""

    def asked_to_stop(self, key: str) -> bool:  # noqa: ARG002  it is the one that is held
        """Say whether another process may have this batch by now."""
        return not self.hold.sure

    def stop_asking(self, key: str) -> None:
        """Do nothing, because nobody was asked."""

    def others(self, mine: Journal, since: datetime) -> Iterator[Journal]:
        """Yield the journals of other batches that were written to since then."""
        del mine
        late = select(JournalLine.key).where(
            JournalLine.written_at >= since, JournalLine.key != self.hold.name
        )
        query = select(JournalLine.key, JournalLine.line).where(JournalLine.key.in_(late))
        found: dict[str, SharedJournal] = {}
        with self.store.reading() as connection:
            for key, line in connection.execute(query.order_by(JournalLine.id)):
                other = found.setdefault(
                    key, SharedJournal(opened=since, store=self.store, key=key, hold=None)
                )
                other.take([line])
        yield from found.values()


def learn(connection: Connection, key: str, receipt: Receipt) -> None:
    """Write a receipt that a provider reported by itself into the journal of a key, if there is one."""
    known = select(JournalLine.id).where(JournalLine.key == key).limit(1)
    if connection.execute(known).first() is not None:
        line = {"Receipt": {"touch_id": receipt.touch_id, "provider_ref": receipt.provider_ref}}
        values = {"key": key, "line": line, "written_at": func.clock_timestamp()}
        connection.execute(insert(JournalLine).values(values))
